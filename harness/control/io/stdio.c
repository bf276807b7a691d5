/* SPDX-License-Identifier: MIT
 *
 * stdio.c - reading through the C library's own buffers, as CPython 2.7's files do.
 *
 * Its read() is out of sight, so that each function here waits before the buffer
 * is filled.  A stream without a buffer, which is what subprocess makes, is as
 * exact as read() is; one with a buffer takes as much from outside as there is.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "harness/control/engine/engine.h"
#include "fds.h"
#include "file_changes.h"
#include "inputs.h"
#include "io.h"
#include "kernel_files.h"
#include "readiness.h"
#include "harness/control/engine/real.h"
#include "harness/control/process/pid_paths.h"
#include "harness/control/time/random_bytes.h"

/* ---- opening ---- */

/* "r+b": what open() would be asked for. */
static int flags_of(const char *mode)
{
    int makes = mode[0] == 'w' || mode[0] == 'a';

    return (makes ? O_CREAT : 0) | (mode[0] == 'w' ? O_TRUNC : 0);
}

static FILE *open_any(const char *path, const char *mode, const void *caller)
{
    struct sw_pid_path real;
    int flags = flags_of(mode), made = sw_file_changes_would_make(AT_FDCWD, path, flags);
    FILE *file = SW_REAL(fopen)(sw_pid_paths_real(path, &real), mode);

    if (file == NULL)
        return NULL;
    sw_file_changes_opened(fileno(file), AT_FDCWD, path, flags, made);
    sw_kernel_files_report(path, caller);
    sw_inputs_note(AT_FDCWD, path, mode[0] != 'r' || strchr(mode, '+') != NULL);
    return file;
}

SW_EXPORT FILE *fopen(const char *restrict path, const char *restrict mode)
{
    return open_any(path, mode, __builtin_return_address(0));
}

SW_EXPORT FILE *fopen64(const char *restrict path, const char *restrict mode)
{
    return open_any(path, mode, __builtin_return_address(0));
}

/* ---- reading ---- */

/* The C library's own fields: nothing exported tells whether a call would read from the file. */
static size_t buffered(const FILE *file)
{
    return (size_t)(file->_IO_read_end - file->_IO_read_ptr);
}

/* Is it about to read from something that may block? */
static int has_to_wait(FILE *file)
{
    return sw_engine_self() != NULL && buffered(file) == 0 && (file->_flags & _IO_EOF_SEEN) == 0 &&
           sw_io_may_block(fileno(file), 0);
}

/* Each byte is drawn as it is asked for: what the buffer was filled with would be the kernel's. */
static int is_random(FILE *file)
{
    return sw_engine_self() != NULL && sw_fds_kind(fileno(file)) == SW_FD_RANDOM;
}

static int random_byte(void)
{
    unsigned char byte;

    sw_random_bytes_fill(&byte, 1);
    return byte;
}

static void wait_to_fill(FILE *file)
{
    if (has_to_wait(file))
        sw_io_before(fileno(file), POLLIN, 0);
}

/* How much there is now, without blocking; 0: its end. */
static size_t find_piece(int fd, size_t size)
{
    int there = 0;

    if (sw_io_before(fd, POLLIN, 0) < 0)
        return 0;
    if (sw_fds_is_outside(fd))
        size = sw_readiness_before_read(fd, size);
    if (SW_REAL(ioctl)(fd, FIONREAD, &there) != 0)
        return size;
    return (size_t)there < size ? (size_t)there : size;
}

SW_EXPORT size_t fread(void *restrict buf, size_t size, size_t count, FILE *restrict file)
{
    size_t total = size * count, got = 0;
    int more = 1;

    if (is_random(file)) {
        sw_random_bytes_fill(buf, total);
        return count;
    }
    if (sw_engine_self() == NULL || total == 0 || !sw_io_may_block(fileno(file), 0))
        return SW_REAL(fread)(buf, size, count, file);
    while (got < total && more) {
        size_t left = total - got, piece = buffered(file) < left ? buffered(file) : left;
        /* As much as is in the buffer can be taken without a call of read(); when it is empty, as
         * much as there is, and at least the end. */
        int fills = piece == 0;
        if (fills)
            piece = find_piece(fileno(file), left);
        size_t n = SW_REAL(fread)((char *)buf + got, 1, piece > 0 ? piece : 1, file);
        if (fills && sw_fds_is_outside(fileno(file)))
            sw_readiness_after_read(left, (ssize_t)n);
        got += n;
        more = n > 0 && n == piece;
    }
    sw_io_after(0);
    return got / size;
}

SW_EXPORT int getc(FILE *file)
{
    if (is_random(file))
        return random_byte();
    wait_to_fill(file);
    return SW_REAL(getc)(file);
}

SW_EXPORT int fgetc(FILE *file)
{
    if (is_random(file))
        return random_byte();
    wait_to_fill(file);
    return SW_REAL(fgetc)(file);
}

/* What getc_unlocked() calls when the buffer is empty. */
SW_EXPORT int __uflow(FILE *file)
{
    if (is_random(file))
        return random_byte();
    wait_to_fill(file);
    return SW_REAL(__uflow)(file);
}

SW_EXPORT char *fgets(char *restrict buf, int size, FILE *restrict file)
{
    int used = 0, c = 0;

    if ((!has_to_wait(file) && !is_random(file)) || size < 2)
        return SW_REAL(fgets)(buf, size, file);
    while (used < size - 1 && c != '\n' && (c = getc(file)) != EOF)
        buf[used++] = (char)c;
    buf[used] = '\0';
    return used > 0 ? buf : NULL;
}
