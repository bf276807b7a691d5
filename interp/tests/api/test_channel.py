# SPDX-License-Identifier: MIT
"""Channels: values and exceptions from one tasklet to another."""

import unittest
import weakref

import stackless
from support import Test, through_c


class Value:
    pass


class ChannelTest(Test):
    def test_a_value_arrives_and_is_not_kept(self):
        channel = stackless.channel()
        value = Value()
        alive = weakref.ref(value)
        got = []
        stackless.tasklet(lambda: got.append(channel.receive()))()
        stackless.run()
        channel.send(value)
        self.assertIs(got[0], value)
        del value
        got.clear()
        self.assertIsNone(alive())

    def test_balance_counts_those_who_wait(self):
        channel = stackless.channel()
        for i in range(3):
            stackless.tasklet(channel.send)(i)
        stackless.run()
        self.assertEqual(channel.balance, 3)
        self.assertEqual([channel.receive() for _ in range(3)], [0, 1, 2])
        self.assertEqual(channel.balance, 0)

    def test_order_for_each_preference(self):
        orders = {-1: "send got sent", 0: "send sent got", 1: "send sent got"}
        for preference, wanted in orders.items():
            with self.subTest(preference=preference):
                log = []
                channel = stackless.channel()
                channel.preference = preference

                def receive():
                    channel.receive()
                    log.append("got")

                stackless.tasklet(receive)()
                stackless.run()
                log.append("send")
                channel.send(None)
                log.append("sent")
                stackless.run()
                self.assertEqual(" ".join(log), wanted)

    def test_a_bomb_among_values(self):
        channel, got = stackless.channel(), []
        bomb = stackless.bomb(ValueError, "text")

        def receive():
            for _ in range(6):
                try:
                    got.append(through_c(channel.receive))
                except ValueError as error:
                    got.append(error.args)

        stackless.tasklet(receive)()
        stackless.run()
        self.assertEqual(channel.send_sequence([1, bomb, 2, bomb, None, bomb]), 6)
        self.assertEqual(got, [1, ("text",), 2, ("text",), None, ("text",)])

    def test_a_sieve(self):
        def count(out):
            number = 2
            while True:
                out.send(number)
                number += 1

        def sift(prime, source, out):
            while True:
                number = through_c(source.receive)
                if number % prime:
                    out.send(number)

        source = stackless.channel()
        tasklets = [stackless.tasklet(count)(source)]
        primes = []
        for _ in range(20):
            primes.append(source.receive())
            sifted = stackless.channel()
            tasklets.append(stackless.tasklet(sift)(primes[-1], source, sifted))
            source = sifted
        self.assertEqual(primes[-1], 71)
        for t in tasklets:
            t.kill()

    def test_an_exception_arrives(self):
        channel = stackless.channel()
        got = []

        def receive():
            try:
                channel.receive()
            except KeyError as error:
                got.append(error.args)

        stackless.tasklet(receive)()
        stackless.run()
        channel.send_exception(KeyError, 1, 2)
        stackless.run()
        self.assertEqual(got, [(1, 2)])

    def test_main_that_would_wait_forever_is_told(self):
        channel = stackless.channel()
        with self.assertRaisesRegex(RuntimeError, "[Dd]eadlock"):
            channel.receive()
        self.assertEqual(channel.balance, 0)

    def test_a_closed_channel_refuses(self):
        channel = stackless.channel()
        channel.close()
        with self.assertRaises(ValueError):
            channel.receive()
        self.assertTrue(channel.closed)

    def test_exceptions_in_progress_stay_with_their_tasklets(self):
        import sys

        channel = stackless.channel()
        seen = []

        def one(error):
            try:
                raise error
            except Exception:
                through_c(channel.receive)
                seen.append(sys.exc_info()[1])

        errors = [ValueError(1), KeyError(2)]
        for error in errors:
            stackless.tasklet(one)(error)
        stackless.run()
        self.assertEqual(sys.exc_info(), (None, None, None))
        for _ in errors:
            channel.send(None)
        self.assertEqual(seen, errors)


if __name__ == "__main__":
    unittest.main()
