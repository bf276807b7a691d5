/* SPDX-License-Identifier: MIT */
#include "work_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/utf8.h"

#define HEAD "spillway ledger 1\n"

/* Processes on one shard: each asks the kernel about all other numbers, so a thousand is a lot.
 * Ranges that are under way are at most as many, beside those of the dead. */
enum { TAKES_MAX = 1024, NUMBERS_MAX = 1000 };

/* Locks are of bytes that the file does not have (a terabyte from its beginning), so that they are
 * in nobody's way who reads it: this one for the file, the ones behind it for the processes. */
static const off_t file_lock = (off_t)1 << 40;

struct sw_work_log {
    char *path;
    int fd;
    int number;
};

/* A range under way: it has been taken, and no "did" says that it is over. */
struct take {
    struct sw_range range;
    int by;
};

struct content {
    struct sw_ranges *done;
    struct take takes[TAKES_MAX];
    int take_count;
    struct sw_work_log_totals *totals;
    int counts; /* the last "did" had positions that were not done before */
};

/* ---- locks ---- */

static int lock_byte(int fd, int command, short type, off_t byte)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    int status;

    while ((status = fcntl(fd, command, &lock)) < 0 && errno == EINTR)
        continue;
    return status;
}

/* Does another process hold the lock of that number?  Locks of the own descriptor do not count. */
static int is_alive(int fd, int number)
{
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = file_lock + number, .l_len = 1};

    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* ---- reading ---- */

static void end_take(struct content *content, uint64_t first)
{
    for (int i = 0; i < content->take_count; i++)
        if (content->takes[i].range.first == first) {
            content->takes[i] = content->takes[--content->take_count];
            return;
        }
}

static void end_takes_by(struct content *content, int number)
{
    for (int i = content->take_count; i-- > 0;)
        if (content->takes[i].by == number)
            content->takes[i] = content->takes[--content->take_count];
}

static int read_did(struct content *content, const char *line)
{
    struct sw_range range;
    uint64_t of, failed, ms, fresh = 0;
    int end = 0;

    if (sscanf(line,
               "did %" SCNu64 " %" SCNu64 " of %" SCNu64 " failed %" SCNu64 " ms %" SCNu64 "%n",
               &range.first, &range.last, &of, &failed, &ms, &end) == 5 &&
        line[end] == '\0' && range.first <= range.last) {
        if (sw_ranges_add(content->done, range, &fresh) < 0)
            return -1;
    } else if (sscanf(line, "did nothing of %" SCNu64 "%n", &of, &end) == 1 && line[end] == '\0') {
        failed = ms = 0;
    } else {
        return -1;
    }
    end_take(content, of);
    /* A range may be run twice: its process was taken to be dead, or another machine did not see
     * its lock.  Then both have found the same, and it counts once. */
    content->counts = fresh > 0;
    content->totals->failures += fresh > 0 ? failed : 0;
    content->totals->ms += ms;
    return 0;
}

void sw_work_log_add_kind(struct sw_work_log_totals *totals, const struct sw_work_log_kind *kind)
{
    int i = 0;

    while (i < totals->kind_count && totals->kinds[i].key != kind->key)
        i++;
    if (i == SW_WORK_LOG_KINDS_MAX)
        return;
    if (i == totals->kind_count) {
        totals->kinds[totals->kind_count++] = *kind;
        return;
    }
    totals->kinds[i].count += kind->count;
    if (kind->seed < totals->kinds[i].seed)
        totals->kinds[i].seed = kind->seed;
}

static int read_saw(struct content *content, const char *line)
{
    struct sw_work_log_kind kind;
    int end = 0;

    if (sscanf(line, "saw %" SCNx64 " %" SCNu64 " from %" SCNu64 ": %n", &kind.key, &kind.count,
               &kind.seed, &end) != 3 ||
        end == 0)
        return -1;
    snprintf(kind.text, sizeof kind.text, "%s", line + end);
    sw_utf8_tame(kind.text);
    if (content->counts)
        sw_work_log_add_kind(content->totals, &kind);
    return 0;
}

static int read_line(struct content *content, const char *line)
{
    struct take take;
    int number, end = 0;

    /* Whoever had that number before is dead, or it would not have been given away. */
    if (sscanf(line, "join %d%n", &number, &end) == 1 && line[end] == '\0') {
        end_takes_by(content, number);
        return 0;
    }
    if (sscanf(line, "take %" SCNu64 " %" SCNu64 " by %d%n", &take.range.first, &take.range.last,
               &take.by, &end) == 3 &&
        line[end] == '\0' && take.range.first <= take.range.last) {
        if (content->take_count == TAKES_MAX)
            return -1;
        content->takes[content->take_count++] = take;
        return 0;
    }
    return strncmp(line, "did ", 4) == 0   ? read_did(content, line)
           : strncmp(line, "saw ", 4) == 0 ? read_saw(content, line)
                                           : -1;
}

static char *read_text(int fd, const char *path, size_t *size, struct sw_error *e)
{
    off_t length = lseek(fd, 0, SEEK_END);
    char *text = length >= 0 ? malloc((size_t)length + 1) : NULL;

    if (text == NULL || pread(fd, text, (size_t)length, 0) != length) {
        sw_error_set(e, path, 0, 0, "%s", strerror(errno));
        free(text);
        return NULL;
    }
    text[length] = '\0';
    *size = (size_t)length;
    return text;
}

/* Can the file's end be the beginning of a line whose writer was killed?  If not, the file is
 * damaged and is better left alone. */
static int is_torn(const char *tail, size_t size, int is_first)
{
    for (size_t i = 0; i < size; i++)
        if (tail[i] < ' ' || tail[i] > '~')
            return 0;
    return !is_first || (size < sizeof HEAD && strncmp(tail, HEAD, size) == 0);
}

static int parse(struct content *content, char *text, size_t size, size_t *whole, const char *path,
                 struct sw_error *e)
{
    char *line = text, *end;
    unsigned number = 1;

    for (; (end = strchr(line, '\n')) != NULL; line = end + 1, number++) {
        *end = '\0';
        int failed = number == 1 ? strncmp(line, HEAD, strlen(HEAD) - 1) != 0 ||
                                       line[strlen(HEAD) - 1] != '\0'
                                 : read_line(content, line) < 0;
        if (failed)
            return sw_error_set(e, path, number, 1, "it is not what a ledger says here: '%.60s'",
                                line);
    }
    *whole = (size_t)(line - text);
    if (!is_torn(line, size - *whole, number == 1))
        return sw_error_set(e, path, number, 1, "it is not what a ledger says here");
    return 0;
}

/* The lock is held, or nobody writes.  *whole: the size without a torn line. */
static int read_content(int fd, const char *path, struct content *content, size_t *whole,
                        struct sw_error *e)
{
    size_t size;
    char *text = read_text(fd, path, &size, e);
    int status = text == NULL ? -1 : parse(content, text, size, whole, path, e);

    free(text);
    if (status < 0)
        return -1;
    for (int i = 1; i <= NUMBERS_MAX; i++)
        content->totals->alive += is_alive(fd, i);
    return 0;
}

int sw_work_log_read(const char *path, struct sw_ranges *done, struct sw_work_log_totals *totals,
                     struct sw_error *e)
{
    struct content *content = calloc(1, sizeof *content);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t whole;
    int status = -1;

    if (fd < 0 || content == NULL) {
        sw_error_set(e, path, 0, 0, "%s", strerror(errno));
    } else {
        content->done = done;
        content->totals = totals;
        lock_byte(fd, F_OFD_SETLKW, F_RDLCK, file_lock);
        status = read_content(fd, path, content, &whole, e);
    }
    if (fd >= 0)
        close(fd);
    free(content);
    return status;
}

/* ---- writing ---- */

static int append(struct sw_work_log *log, const char *text, size_t size, struct sw_error *e)
{
    while (size > 0) {
        ssize_t n = write(log->fd, text, size);
        if (n < 0 && errno != EINTR)
            return sw_error_set(e, log->path, 0, 0, "%s", strerror(errno));
        text += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

/* What is in it while it is locked for writing. */
struct session {
    struct content content;
    struct sw_ranges done;
    struct sw_work_log_totals totals;
};

/* Locks it and reads it; a torn line is cut off.  NULL with *e. */
static struct session *begin_writing(struct sw_work_log *log, struct sw_error *e)
{
    struct session *session = calloc(1, sizeof *session);
    size_t whole = 0;

    if (session == NULL) {
        sw_error_set(e, log->path, 0, 0, "out of memory");
        return NULL;
    }
    session->content.done = &session->done;
    session->content.totals = &session->totals;
    if (lock_byte(log->fd, F_OFD_SETLKW, F_WRLCK, file_lock) < 0)
        sw_error_set(e, log->path, 0, 0, "it cannot be locked: %s", strerror(errno));
    else if (read_content(log->fd, log->path, &session->content, &whole, e) < 0)
        ; /* it has said why */
    else if (ftruncate(log->fd, (off_t)whole) < 0)
        sw_error_set(e, log->path, 0, 0, "%s", strerror(errno));
    else if (whole > 0 || append(log, HEAD, strlen(HEAD), e) == 0)
        return session;
    lock_byte(log->fd, F_OFD_SETLK, F_UNLCK, file_lock);
    sw_ranges_free(&session->done);
    free(session);
    return NULL;
}

static void end_writing(struct sw_work_log *log, struct session *session)
{
    lock_byte(log->fd, F_OFD_SETLK, F_UNLCK, file_lock);
    sw_ranges_free(&session->done);
    free(session);
}

static int join(struct sw_work_log *log, struct sw_error *e)
{
    struct session *session = begin_writing(log, e);
    char line[32];

    if (session == NULL)
        return -1;
    for (int i = 1; i <= NUMBERS_MAX && log->number == 0; i++)
        if (lock_byte(log->fd, F_OFD_SETLK, F_WRLCK, file_lock + i) == 0)
            log->number = i;
    int length = snprintf(line, sizeof line, "join %d\n", log->number);
    int status = log->number == 0 ? sw_error_set(e, log->path, 0, 0,
                                                 "no more than %d processes share it", NUMBERS_MAX)
                                  : append(log, line, (size_t)length, e);
    end_writing(log, session);
    return status;
}

struct sw_work_log *sw_work_log_open(const char *path, struct sw_error *e)
{
    struct sw_work_log *log = calloc(1, sizeof *log);

    if (log == NULL || (log->path = strdup(path)) == NULL) {
        sw_error_set(e, path, 0, 0, "out of memory");
        free(log);
        return NULL;
    }
    log->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (log->fd < 0)
        sw_error_set(e, path, 0, 0, "%s", strerror(errno));
    else if (join(log, e) == 0)
        return log;
    sw_work_log_close(log);
    return NULL;
}

void sw_work_log_close(struct sw_work_log *log)
{
    if (log == NULL)
        return;
    if (log->fd >= 0)
        close(log->fd);
    free(log->path);
    free(log);
}

int sw_work_log_number(const struct sw_work_log *log)
{
    return log->number;
}

/* ---- taking ---- */

/* What a live process has taken is as good as done; what a dead one has taken is free. */
static int add_taken(struct sw_work_log *log, struct content *content)
{
    for (int i = 0; i < content->take_count; i++)
        if (is_alive(log->fd, content->takes[i].by) &&
            sw_ranges_add(content->done, content->takes[i].range, NULL) < 0)
            return -1;
    return 0;
}

static int take_free(struct sw_work_log *log, struct content *content, uint64_t count, uint64_t end,
                     struct sw_range *range, struct sw_error *e)
{
    char line[96];

    if (add_taken(log, content) < 0)
        return sw_error_set(e, log->path, 0, 0, "out of memory");
    *range = sw_ranges_gap(content->done);
    if (range->first >= end)
        return 0;
    if (range->last >= end)
        range->last = end - 1;
    if (range->last - range->first >= count)
        range->last = range->first + count - 1;
    int length = snprintf(line, sizeof line, "take %" PRIu64 " %" PRIu64 " by %d\n", range->first,
                          range->last, log->number);
    return append(log, line, (size_t)length, e) < 0 ? -1 : 1;
}

int sw_work_log_take(struct sw_work_log *log, uint64_t count, uint64_t end, struct sw_range *range,
                     struct sw_error *e)
{
    struct session *session = begin_writing(log, e);

    if (session == NULL)
        return -1;
    int status = take_free(log, &session->content, count, end, range, e);
    end_writing(log, session);
    return status;
}

static void print_did(FILE *out, struct sw_range range, uint64_t count, uint64_t ms,
                      const struct sw_work_log_totals *found)
{
    if (count == 0) {
        fprintf(out, "did nothing of %" PRIu64 "\n", range.first);
        return;
    }
    fprintf(out, "did %" PRIu64 " %" PRIu64 " of %" PRIu64 " failed %" PRIu64 " ms %" PRIu64 "\n",
            range.first, range.first + count - 1, range.first, found->failures, ms);
    for (int i = 0; i < found->kind_count; i++)
        fprintf(out, "saw %016" PRIx64 " %" PRIu64 " from %" PRIu64 ": %.*s\n", found->kinds[i].key,
                found->kinds[i].count, found->kinds[i].seed,
                (int)strcspn(found->kinds[i].text, "\n"), found->kinds[i].text);
}

int sw_work_log_did(struct sw_work_log *log, struct sw_range range, uint64_t count, uint64_t ms,
                    const struct sw_work_log_totals *found, struct sw_error *e)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return sw_error_set(e, log->path, 0, 0, "out of memory");
    print_did(out, range, count, ms, found);
    fclose(out);
    struct session *session = begin_writing(log, e);
    int status = session != NULL ? append(log, text, size, e) : -1;
    if (session != NULL)
        end_writing(log, session);
    free(text);
    return status;
}
