"""Files as C++ source: embed.py ROOT OUTPUT PATH... writes {"path", "content"}, for each path below ROOT."""

import pathlib
import sys


def literal(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
    return f'"{escaped}"'


def main():
    root, output = pathlib.Path(sys.argv[1]), sys.argv[2]
    with open(output, "w", encoding="utf-8") as out:
        for path in sys.argv[3:]:
            lines = (root / path).read_text(encoding="utf-8").splitlines(keepends=True)
            content = "\n".join(literal(line) for line in lines)
            out.write(f"{{{literal(path)},\n{content}}},\n")


main()
