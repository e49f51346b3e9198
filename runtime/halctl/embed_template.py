"""The plugin template as C++ source.

embed_template.py list FOLDER              names its files, one a line
embed_template.py write FOLDER OUTPUT      writes {"path", "content"}, for each

Paths are those of the generated folder: what lies in FOLDER/project/ goes to its top, the rest to plugins/template/.
FOLDER/meson.build builds the example in the HAL's own tree and is left out.
"""

import pathlib
import sys

KINDS = {".build", ".cpp", ".h", ".hpp", ".json", ".md", ".txt"}


def files_of(folder):
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    wanted = [path for path in paths if path.suffix in KINDS or path.name == ".gitignore"]
    return [path for path in wanted if str(path) != "meson.build"]


def target_of(path):
    if path.parts[0] == "project":
        return pathlib.PurePosixPath(*path.parts[1:])
    return pathlib.PurePosixPath("plugins/template", path)


def literal(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
    return f'"{escaped}"'


def main():
    action, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if action == "list":
        print("\n".join(str(path) for path in files_of(folder)))
        return
    with open(sys.argv[3], "w", encoding="utf-8") as output:
        for path in files_of(folder):
            lines = (folder / path).read_text(encoding="utf-8").splitlines(keepends=True)
            content = "\n".join(literal(line) for line in lines)
            output.write(f"{{{literal(str(target_of(path)))},\n{content}}},\n")


main()
