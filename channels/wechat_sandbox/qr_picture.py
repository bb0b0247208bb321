"""Draws a QR code as SVG, from ISO/IEC 18004: bytes, error correction M, versions 1–6 (up to 106 bytes: an address fits).

Knows nothing of scenes.
"""

from collections.abc import Callable, Iterator

LONGEST_BYTES = 106
_QUIET = 4
# version → (all codewords, blocks, correction codewords of each block) at level M
_LAYOUT = {1: (26, 1, 10), 2: (44, 1, 16), 3: (70, 1, 26), 4: (100, 2, 18), 5: (134, 2, 24), 6: (172, 4, 16)}
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda x, y: (x + y) % 2 == 0,
    lambda _x, y: y % 2 == 0,
    lambda x, _y: x % 3 == 0,
    lambda x, y: (x + y) % 3 == 0,
    lambda x, y: (x // 3 + y // 2) % 2 == 0,
    lambda x, y: x * y % 2 + x * y % 3 == 0,
    lambda x, y: (x * y % 2 + x * y % 3) % 2 == 0,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2 == 0,
)

Grid = list[list[bool | None]]


def svg(text: str) -> str:
    """Return the picture with its quiet zone; raises ValueError for more than LONGEST_BYTES."""
    rows = modules(text)
    size = len(rows) + 2 * _QUIET
    dark = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{dark}"/></svg>'
    )


def modules(text: str) -> list[list[bool]]:
    """Return the rows of the code, True for dark, under the mask with the least penalty."""
    data = text.encode()
    version = next((v for v, (total, blocks, ecc) in _LAYOUT.items() if len(data) + 2 <= total - blocks * ecc), None)
    if version is None:
        raise ValueError("too long for a QR code of version 6")
    bits = _bits(_codewords(data, version))
    masked = [_drawn(version, bits, mask) for mask in range(8)]
    return min(masked, key=_penalty)


def _codewords(data: bytes, version: int) -> list[int]:
    """Return data and correction codewords, interleaved."""
    total, blocks, ecc = _LAYOUT[version]
    room = total - blocks * ecc
    stream = f"0100{len(data):08b}" + "".join(f"{byte:08b}" for byte in data)
    stream += "0" * min(4, room * 8 - len(stream))
    stream += "0" * (-len(stream) % 8)
    words = [int(stream[i : i + 8], 2) for i in range(0, len(stream), 8)]
    words += [(0xEC, 0x11)[i % 2] for i in range(room - len(words))]
    short = room // blocks
    parts, at = [], 0
    for number in range(blocks):
        length = short + (number >= blocks - room % blocks)
        parts.append(words[at : at + length])
        at += length
    corrections = [_remainder(part, ecc) for part in parts]
    mixed = [part[i] for i in range(short + 1) for part in parts if i < len(part)]
    return mixed + [correction[i] for i in range(ecc) for correction in corrections]


def _times(a: int, b: int) -> int:
    """Multiply in GF(256) with the polynomial 0x11D."""
    product = 0
    for i in range(7, -1, -1):
        product = (product << 1) ^ ((product >> 7) * 0x11D)
        product ^= (b >> i & 1) * a
    return product


def _remainder(data: list[int], degree: int) -> list[int]:
    """Return the Reed-Solomon correction codewords of a block."""
    divisor = [0] * (degree - 1) + [1]
    root = 1
    for _ in range(degree):
        for j in range(degree):
            divisor[j] = _times(divisor[j], root) ^ (divisor[j + 1] if j + 1 < degree else 0)
        root = _times(root, 2)
    result = [0] * degree
    for byte in data:
        factor = byte ^ result.pop(0)
        result.append(0)
        result = [have ^ _times(coefficient, factor) for have, coefficient in zip(result, divisor, strict=True)]
    return result


def _bits(words: list[int]) -> list[bool]:
    return [bool(word >> i & 1) for word in words for i in range(7, -1, -1)]


def _drawn(version: int, bits: list[bool], mask: int) -> list[list[bool]]:
    size = 17 + 4 * version
    grid = _patterns(version, size)
    _draw_format(grid, size, mask)
    stream = iter(bits)
    for x, y in _path(size):
        if grid[y][x] is None:
            grid[y][x] = next(stream, False) ^ _MASKS[mask](x, y)
    return [[bool(cell) for cell in row] for row in grid]


def _patterns(version: int, size: int) -> Grid:
    """Return the grid with its fixed patterns; None where data goes."""
    grid: Grid = [[None] * size for _ in range(size)]
    for i in range(size):
        grid[6][i] = grid[i][6] = i % 2 == 0
    for cx, cy in ((3, 3), (size - 4, 3), (3, size - 4)):
        for dy in range(-4, 5):
            for dx in range(-4, 5):
                if 0 <= cx + dx < size and 0 <= cy + dy < size:
                    grid[cy + dy][cx + dx] = max(abs(dx), abs(dy)) not in (2, 4)
    if version > 1:
        centre = size - 7
        for dy in range(-2, 3):
            for dx in range(-2, 3):
                grid[centre + dy][centre + dx] = max(abs(dx), abs(dy)) != 1
    return grid


def _draw_format(grid: Grid, size: int, mask: int) -> None:
    """Write error correction M (00) and the mask, twice, and the dark module."""
    rest = mask
    for _ in range(10):
        rest = (rest << 1) ^ ((rest >> 9) * 0x537)
    code = (mask << 10 | rest) ^ 0x5412
    bit = [bool(code >> i & 1) for i in range(15)]
    for i in range(6):
        grid[i][8] = bit[i]
    grid[7][8], grid[8][8], grid[8][7] = bit[6], bit[7], bit[8]
    for i in range(9, 15):
        grid[8][14 - i] = bit[i]
    for i in range(8):
        grid[8][size - 1 - i] = bit[i]
    for i in range(8, 15):
        grid[size - 15 + i][8] = bit[i]
    grid[size - 8][8] = True


def _path(size: int) -> Iterator[tuple[int, int]]:
    """Yield the cells in the order data is written: pairs of columns from the right, up and down in turn."""
    right, upward = size - 1, True
    while right > 0:
        if right == 6:
            right = 5
        for step in range(size):
            y = size - 1 - step if upward else step
            yield right, y
            yield right - 1, y
        right, upward = right - 2, not upward


def _penalty(rows: list[list[bool]]) -> int:
    size, score = len(rows), 0
    columns = [list(column) for column in zip(*rows, strict=True)]
    for line in rows + columns:
        text = "".join("1" if cell else "0" for cell in line)
        score += sum(len(run) - 2 for cell in "01" for run in text.split("1" if cell == "0" else "0") if len(run) >= 5)
        score += 40 * sum(text[i : i + 11] in ("10111010000", "00001011101") for i in range(size - 10))
    for y in range(size - 1):
        score += 3 * sum(rows[y][x] == rows[y][x + 1] == rows[y + 1][x] == rows[y + 1][x + 1] for x in range(size - 1))
    dark = sum(map(sum, rows))
    return score + 10 * (abs(dark * 20 - size * size * 10) // (size * size))
