/* SPDX-License-Identifier: MIT */
#include "program_kind.h"

#include <stdio.h>

#include "doctor_ask.h"

/* For Python 2.7 and 3.  What is compiled already, or an archive, is no text; nor is a folder. */
static const char question[] =
    "import sys\n"
    "path = sys.argv[1]\n"
    "try:\n"
    "    with open(path, 'rb') as source: text = source.read()\n"
    "    if text[2:4] != b'\\r\\n' and b'PK\\5\\6' not in text: compile(text, path, 'exec', 0, 1)\n"
    "except SyntaxError as error:\n"
    "    print('line %s: %s' % (error.lineno, error.msg))\n"
    "except (TypeError, ValueError) as error:\n"
    "    print(error)\n"
    "except (IOError, OSError): pass\n";

int sw_program_kind_is_no_python(const struct sw_process *run, const char *interp, const char *file,
                                 char *why, size_t size)
{
    const char *argv[] = {interp, "-c", question, file, NULL};
    char line[256];

    /* Asking takes a process: so only of what has come to no decision. */
    if (run->end.kind != SW_ENDED_EXITED || run->end.code != 1 || run->shm->decision_count > 0 ||
        sw_process_interp_version(run) == NULL || !sw_doctor_ask_line(argv, line, sizeof line) ||
        *line == '\0')
        return 0;
    snprintf(why, size, "it is no Python: %s", line);
    return 1;
}
