"""Writes the bytes of a file as the elements of a C array: embed.py FILE OUTPUT."""
import sys

with open(sys.argv[1], 'rb') as source, open(sys.argv[2], 'w') as output:
    data = source.read()
    for begin in range(0, len(data), 20):
        output.write(','.join(map(str, data[begin : begin + 20])) + ',\n')
