"""Where many images come from, and how they are cut into chunks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError, UsageError
from netparity.inputs import decode
from netparity.inputs.natural import natural_image
from netparity.networks import NETWORKS
from netparity.run.many.chunks import CHUNK_BYTES, MOST_IMAGES, Chunk, chunk_size, chunks_of
from netparity.run.many.sources import Digits, Files, Generated, open_source


def test_folders_are_searched_and_files_taken(tmp_path: Path):
    for name in ("a/1.png", "a/deep/2.png", "a/.hidden/3.png", "b/1.png", "single.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    one = Files([tmp_path / "a"])
    assert one.names == ["1.png", "deep/2.png"]
    assert one.file(1, tmp_path) == tmp_path / "a" / "deep" / "2.png"
    both = Files([tmp_path / "a", tmp_path / "b", tmp_path / "single.png"])
    assert both.names == ["a/1.png", "a/deep/2.png", "b/1.png", "single.png"]


def test_files_of_one_name_in_several_folders_stay_apart(tmp_path: Path):
    for name in ("a/x.png", "b/x.png"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    found = Files([tmp_path / "a" / "x.png", tmp_path / "b" / "x.png"])
    assert found.names == ["x.png", str(tmp_path / "b" / "x.png")]
    assert [found.file(n, tmp_path).parent.name for n in (0, 1)] == ["a", "b"]


def test_an_empty_folder_and_no_images_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="holds no file; give a folder of images"):
        Files([tmp_path])
    with pytest.raises(UsageError, match="as in: netparity dataset photos/"):
        open_source()


def test_the_digits_and_generated_images_are_files_when_they_are_needed(tmp_path: Path):
    digits = Digits()
    assert len(digits.names) == 1797
    image = decode(digits.file(1796, tmp_path))
    assert (image.mode, image.size) == ("L", (8, 8))
    made = Generated(3, seed=7)
    pixels = decode(made.file(2, tmp_path)).pixels
    np.testing.assert_array_equal(pixels, natural_image(96, 128, 7, 2))


def test_generated_images_differ_and_have_the_contrast_of_photographs():
    images = [natural_image(96, 128, 0, number) for number in range(12)]
    assert len({image.tobytes() for image in images}) == 12
    assert all(image.shape == (96, 128, 3) for image in images)
    assert all(10 < image.std() < 90 for image in images)
    np.testing.assert_array_equal(images[3], natural_image(96, 128, 0, 3))
    # The spectrum of natural images falls: neighbours are alike.
    grey = images[0].astype(float).mean(axis=2)
    assert np.abs(np.diff(grey, axis=1)).mean() < 0.5 * grey.std()


def test_chunks_cover_all_images_once():
    found = list(chunks_of(10, 4))
    assert found == [Chunk(1, 0, 4), Chunk(2, 4, 8), Chunk(3, 8, 10)]


def test_a_chunk_is_as_large_as_memory_allows():
    small, large = NETWORKS["vgg16-tiny"], NETWORKS["vgg16"]
    assert chunk_size(small, ["fc6"], None) == MOST_IMAGES
    values = 224 * 224 * 3 + 4096
    assert chunk_size(large, ["fc6"], None) == CHUNK_BYTES // (4 * values)
    assert chunk_size(large, ["fc6"], 7) == 7
