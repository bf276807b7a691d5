#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""opcodes.py PROGRAM: has the program each opcode of this Python that can touch what threads share?

An opcode is in the program, or it is named here with the reason why it touches nothing; what is new
in another Python is neither.  Names what is wrong; exit status 1 if anything is.
"""
import dis
import sys
import types

# It moves, copies or makes values of the frame's own stack and locals, and runs nothing of theirs.
OWN = """CACHE COPY COPY_FREE_VARS DELETE_FAST EXTENDED_ARG KW_NAMES LIST_TO_TUPLE LOAD_ASSERTION_ERROR
LOAD_CLOSURE LOAD_CONST LOAD_FAST MAKE_CELL MAKE_FUNCTION NOP POP_EXCEPT PRECALL PUSH_EXC_INFO
PUSH_NULL RESUME RETURN_GENERATOR STORE_FAST SWAP BUILD_LIST BUILD_MAP BUILD_SET BUILD_SLICE
BUILD_STRING BUILD_TUPLE BUILD_CONST_KEY_MAP ASYNC_GEN_WRAP IS_OP JUMP_BACKWARD
JUMP_BACKWARD_NO_INTERRUPT JUMP_FORWARD POP_JUMP_BACKWARD_IF_NONE POP_JUMP_BACKWARD_IF_NOT_NONE
POP_JUMP_FORWARD_IF_NONE POP_JUMP_FORWARD_IF_NOT_NONE LIST_APPEND PREP_RERAISE_STAR
CHECK_EXC_MATCH CHECK_EG_MATCH RAISE_VARARGS RERAISE RETURN_VALUE""".split()


def opcodes(code):
    """Of all that it defines, and of texts that it hands to exec()."""
    found = {one.opname for one in dis.get_instructions(code)}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= opcodes(constant)
        elif isinstance(constant, str):
            for mode in ("exec", *(["single"] if "single" in code.co_consts else [])):
                try:
                    found |= opcodes(compile(constant, "text", mode))
                except SyntaxError:
                    pass
    return found


def main(path):
    with open(path, encoding="utf-8") as text:
        have = opcodes(compile(text.read(), path, "exec"))
    missing = sorted(set(dis.opmap) - have - set(OWN))
    unknown = sorted(set(OWN) - set(dis.opmap))
    if missing:
        print("no operation of the grammar has:", *missing)
    if unknown:
        print("no opcode of this Python:", *unknown)
    print(len(set(dis.opmap) - set(OWN)), "opcodes can touch what threads share;",
          len(missing), "are missing")
    return 1 if missing or unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
