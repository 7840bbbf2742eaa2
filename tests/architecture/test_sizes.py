"""No source file is longer than one can read: 400 lines."""
import house

LIMIT = 400

root, _ = house.arguments()
files = house.tracked(root, "*.h", "*.cc", "*.py", "*.lua", "*.sh")
lengths = {name: len((root / name).read_bytes().splitlines()) for name in files}
house.verdict([f"{name}: {length} lines; look for a second noun" for name, length in lengths.items() if length > LIMIT],
              f"{len(lengths)} files, none over {LIMIT} lines")
