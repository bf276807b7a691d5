# SPDX-License-Identifier: MIT
"""Who hears nothing asks again: if it was the answer that was lost, it is done twice.

What is lost is a choice (spillway.choose) and nothing else is: without control, and by default, all
that is sent arrives.  Exit status: 1 if an account has been debited more than once.
"""
import sys
import threading

try:
    import spillway
except ImportError:
    spillway = None  # it is not installed: nothing is ever lost

ATTEMPTS = 3


class Account:
    def __init__(self):
        self.lock = threading.Lock()
        self.debits = 0

    def debit(self):
        with self.lock:
            self.debits += 1


def is_lost(what):
    return spillway is not None and spillway.choose("lost-" + what, 2) == 1


def ask(account):
    for _ in range(ATTEMPTS):
        if is_lost("request"):
            continue
        account.debit()
        if not is_lost("answer"):
            return


def run():
    accounts = [Account(), Account()]
    clients = [threading.Thread(target=ask, args=(account,)) for account in accounts]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return [account.debits for account in accounts]


def test_each_is_debited_once_at_most():
    assert max(run()) <= 1


if __name__ == "__main__":
    debits = run()
    print("debits", debits)
    sys.exit(max(debits) > 1)
