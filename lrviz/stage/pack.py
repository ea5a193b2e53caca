"""One message to the browser as one `bytes`: a header, a JSON table, then plain little-endian arrays.

Streamlit sends a component's data either as JSON or as bytes; only bytes keep float64 (with its NaN and infinities) as
it is.

    offset 0   4 bytes   magic  b"lrv1"
           4   uint32    length of the JSON text
           8   ...       JSON   {"meta": {...}, "arrays": {name: [dtype, shape, offset]}}
         8n    ...       the arrays, each aligned to 8 bytes; offsets count from the end of the (aligned) header

`web/unpack.js` is the other half.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

MAGIC = b"lrv1"
DTYPES = ("float64", "float32", "int32", "uint32", "uint16", "int8", "uint8")


def _aligned(size: int) -> int:
    return -(-size // 8) * 8


def pack(meta: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """meta (plain JSON) and named arrays -> bytes.

    Raises ``TypeError`` for an array of another type than ``DTYPES``, ``ValueError`` for a NaN in meta.
    """
    table, bodies, offset = {}, [], 0
    for name, given in arrays.items():
        dtype = np.asarray(given).dtype.name
        if dtype not in DTYPES:
            raise TypeError(f"array {name!r} is {dtype}; the stage reads {', '.join(DTYPES)}")
        array = np.asarray(given, dtype=np.dtype(dtype).newbyteorder("<"))
        table[name] = [dtype, list(array.shape), offset]
        bodies.append((offset, array.tobytes()))
        offset = _aligned(offset + array.nbytes)
    # The offsets stand in the JSON, whose length would move them: they count from the end of the aligned header.
    header = {"meta": meta, "arrays": table}
    plain = json.dumps(header, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    text = plain.encode(errors="backslashreplace")  # half a character, as a browser may send, stays an escape of JSON
    start = _aligned(8 + len(text))
    out = bytearray(start + offset)
    out[:4] = MAGIC
    struct.pack_into("<I", out, 4, len(text))
    out[8 : 8 + len(text)] = text
    for at, body in bodies:
        out[start + at : start + at + len(body)] = body
    return bytes(out)


def unpack(message: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The inverse of `pack`: meta, and the arrays in their shapes, as views of the message.

    Raises ``ValueError`` where it does not begin as a message.
    """
    if message[:4] != MAGIC:
        raise ValueError(f"not a stage message: it starts with {message[:4]!r}")
    (length,) = struct.unpack_from("<I", message, 4)
    head = json.loads(message[8 : 8 + length])
    start = _aligned(8 + length)
    arrays = {}
    for name, (dtype, shape, offset) in head["arrays"].items():
        kind = np.dtype(dtype).newbyteorder("<")
        arrays[name] = np.frombuffer(message, kind, int(np.prod(shape)), start + offset).reshape(shape)
    return head["meta"], arrays
