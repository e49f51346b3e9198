"""Writes a text file as one C++ string literal: embed_text.py INPUT OUTPUT."""

import sys

source, target = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    lines = file.read().splitlines()
with open(target, "w", encoding="utf-8") as file:
    for line in lines:
        escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
        file.write(f'"{escaped}\\n"\n')
