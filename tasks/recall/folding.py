"""Folding a trained fastText model: the same scores from rows of two numbers, not 256.

The hidden layer is a mean of input rows and the output layer is linear, so the two matrices can
be multiplied once, after training. What comes out is an ordinary fastText file whose dimension is
the number of labels. True only for softmax loss and unquantised models.
"""

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

_MAGIC = 793712314
_VERSION = 12
_SOFTMAX = 3
# dim ws epoch minCount neg wordNgrams loss model bucket minn maxn lrUpdateRate, then t (a double)
_ARGUMENTS = struct.Struct("<12i")
_ARGUMENTS_START = 8
_MATRIX_HEADER = struct.Struct("<qq")
_ROWS_AT_ONCE = 65_536


class FoldError(ValueError):
    """The file is not a fastText model that can be folded."""


def fold_model(source: Path, target: Path, input_rows: int, label_count: int) -> None:
    """Write to `target` the model in `source` with its output matrix folded into its input matrix.

    `input_rows` and `label_count` are the row counts of the two matrices. The dictionary is
    copied untouched and the matrix is read piece by piece, so memory stays at some 100 MB.
    Raises `FoldError` for another loss, a quantised model or a layout that does not match.
    """
    with source.open("rb") as model:
        arguments = _read_arguments(model, source)
        dimension = arguments[0]
        output_start = source.stat().st_size - 4 * label_count * dimension
        input_start = output_start - _MATRIX_HEADER.size - 1 - 4 * input_rows * dimension
        _expect_matrix(model, input_start, (input_rows, dimension), source)
        _expect_matrix(model, output_start, (label_count, dimension), source)
        model.seek(output_start)
        output = _read_rows(model, label_count, dimension)
        with target.open("wb") as folded:
            model.seek(0)
            folded.write(model.read(_ARGUMENTS_START))
            folded.write(_ARGUMENTS.pack(label_count, *arguments[1:]))
            model.seek(_ARGUMENTS_START + _ARGUMENTS.size)
            dictionary_end = input_start - _MATRIX_HEADER.size
            folded.write(model.read(dictionary_end - model.tell()))
            folded.write(_MATRIX_HEADER.pack(input_rows, label_count))
            model.seek(input_start)
            for start in range(0, input_rows, _ROWS_AT_ONCE):
                rows = _read_rows(model, min(_ROWS_AT_ONCE, input_rows - start), dimension)
                folded.write((rows @ output.T).astype("<f4").tobytes())
            folded.write(b"\0")  # the output matrix is not quantised
            folded.write(_MATRIX_HEADER.pack(label_count, label_count))
            folded.write(np.eye(label_count, dtype="<f4").tobytes())


def _read_arguments(model: BinaryIO, source: Path) -> tuple[int, ...]:
    magic, version = struct.unpack("<ii", model.read(_ARGUMENTS_START))
    if (magic, version) != (_MAGIC, _VERSION):
        raise FoldError(f"{source} is not a fastText model of version {_VERSION}")
    arguments: tuple[int, ...] = _ARGUMENTS.unpack(model.read(_ARGUMENTS.size))
    if arguments[6] != _SOFTMAX:
        raise FoldError(f"{source} was not trained with softmax loss; only that can be folded")
    return arguments


def _expect_matrix(model: BinaryIO, start: int, shape: tuple[int, int], source: Path) -> None:
    """Raise unless an unquantised matrix of this shape has its first number at byte `start`."""
    before = start - _MATRIX_HEADER.size - 1
    if before > 0:
        model.seek(before)
        quantised, *found = struct.unpack("<?qq", model.read(1 + _MATRIX_HEADER.size))
        if not quantised and tuple(found) == shape:
            return
    raise FoldError(f"{source} has no plain matrix of shape {shape} at byte {start}")


def _read_rows(model: BinaryIO, count: int, dimension: int) -> npt.NDArray[np.float32]:
    return np.frombuffer(model.read(4 * count * dimension), dtype="<f4").reshape(count, dimension)
