#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Helgrind and ThreadSanitizer do not see locks that are taken with a deadline on a named clock.
#
# valgrind 3.19.0 and GCC 12.2's libtsan (Debian 12).  glibc 2.30 added pthread_mutex_clocklock()
# and sem_clockwait() beside pthread_cond_clockwait(), which all three detectors know.  Both tools
# say that they support the primitives of POSIX threads, and nobody writes clocklock: C++'s
# std::timed_mutex::try_lock_for() does, and CPython's Lock.acquire(timeout=...) is a
# sem_clockwait().  So a C++ program without a race, of standard C++ alone, is accused of two
# things by each of helgrind and TSan: a race, and that it unlocks a mutex which nobody holds.
# drd counts the mutex, and none of the three the semaphore: what a thread wrote before sem_post()
# is a race for whoever waited with a deadline.  With the same program and no deadline all three
# find nothing.  A suppression file is the wrong answer: the lock's own, true races hide behind
# it.
#
# Installs into a folder of its own, runs no Spillway.  Ends with 0 if all is as said here.
set -euo pipefail

packages=(valgrind=1:3.19.0-1 libtsan2=12.2.0-14+deb12u1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -q "${packages[@]}" >download.log 2>&1 || { cat download.log; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done
export VALGRIND_LIB=$work/root/usr/libexec/valgrind
valgrind=$work/root/usr/bin/valgrind.bin

cat >mutex.cc <<'EOF'
#include <chrono>
#include <mutex>
#include <thread>

static std::timed_mutex mutex;
static int counter;

static void count()
{
#ifdef DEADLINE
    while (!mutex.try_lock_for(std::chrono::hours(1)))
        ;
#else
    mutex.lock();
#endif
    counter++;
    mutex.unlock();
}

int main()
{
    std::thread first(count), second(count);

    first.join();
    second.join();
    return counter != 2;
}
EOF
cat >semaphore.c <<'EOF'
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

static sem_t written;
static int value;

static void *write_value(void *unused)
{
    value = 42;
    sem_post(&written);
    return unused;
}

int main(void)
{
    struct timespec until;
    pthread_t writer;
    int seen;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += 3600;
    sem_init(&written, 0, 0);
    pthread_create(&writer, NULL, write_value, NULL);
#ifdef DEADLINE
    sem_clockwait(&written, CLOCK_MONOTONIC, &until);
#else
    sem_wait(&written);
#endif
    seen = value;
    pthread_join(writer, NULL);
    return seen != 42;
}
EOF
for deadline in "" -DDEADLINE; do
    g++ -g -O1 $deadline -o mutex$deadline mutex.cc -pthread
    gcc -g -O1 $deadline -o semaphore$deadline semaphore.c -pthread
    g++ -g -O1 -fsanitize=thread $deadline -o mutex$deadline.tsan mutex.cc -pthread
    gcc -g -O1 -fsanitize=thread $deadline -o semaphore$deadline.tsan semaphore.c -pthread
done

reports() { # TOOL PROGRAM: what is reported, sorted, one line each
    if [ "$1" = tsan ]; then
        LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu setarch -R "./$2.tsan" >log 2>&1 || true
    else
        "$valgrind" --tool="$1" "./$2" >log 2>&1
    fi
    grep -q 'ERROR SUMMARY' log || [ "$1" = tsan ]
    { grep -oiE 'data race|invalid lock|unlock of an unlocked mutex|conflicting load' log ||
        true; } | tr A-Z a-z | sort -u | paste -sd, | grep . || echo nothing
}
for program in mutex semaphore; do
    for deadline in "" -DDEADLINE; do
        for tool in helgrind drd tsan; do
            echo "$program${deadline:+ with a deadline}, $tool:" \
                "$(reports $tool $program$deadline)"
        done
    done
done >seen.txt
echo "programs without a race, and what is reported:"
sed 's/^/    /' seen.txt

expect() { # WHAT LINE...
    for line in "${@:2}"; do
        grep -qxF "$line" seen.txt || { echo "no longer so: $1"; exit 1; }
    done
    echo "as said: $1"
}
for tool in helgrind drd tsan; do
    expect "without a deadline $tool finds nothing" "mutex, $tool: nothing" \
        "semaphore, $tool: nothing"
done
expect "none knows a semaphore's deadline" "semaphore with a deadline, helgrind: data race" \
    "semaphore with a deadline, drd: conflicting load" "semaphore with a deadline, tsan: data race"
expect "helgrind does not know try_lock_for()" \
    "mutex with a deadline, helgrind: data race,invalid lock"
expect "nor does TSan" "mutex with a deadline, tsan: data race,unlock of an unlocked mutex"
expect "drd does" "mutex with a deadline, drd: nothing"
