"""The tree over the commitments: hashes as RFC 6962 has them, proofs that hold, and no proof of what is not so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.tree.hashing import EMPTY, HASH_BYTES, Frontier, leaf, node, split
from registry.tree.proofs import (
    ProofFails,
    consistency,
    inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from registry.tree.tiles import LEVEL_MOST, WIDTH, Tile, Tiled, TileMalformed, over, tiles_of
from tests.growing import Grown, entry

# The leaves and roots that the implementations of Certificate Transparency are tested with.
LEAVES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def root_as_defined(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word by word."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaf(leaves[0])
    middle = split(len(leaves))
    return node(root_as_defined(leaves[:middle]), root_as_defined(leaves[middle:]))


def path_as_defined(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    middle = split(len(leaves))
    if index < middle:
        return [*path_as_defined(index, leaves[:middle]), root_as_defined(leaves[middle:])]
    return [*path_as_defined(index - middle, leaves[middle:]), root_as_defined(leaves[:middle])]


def proof_as_defined(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962, section 2.1.2."""
    if old == len(leaves):
        return [] if whole else [root_as_defined(leaves)]
    middle = split(len(leaves))
    if old <= middle:
        return [*proof_as_defined(old, leaves[:middle], whole), root_as_defined(leaves[middle:])]
    return [*proof_as_defined(old - middle, leaves[middle:], False), root_as_defined(leaves[:middle])]


@pytest.fixture(scope="module")
def grown() -> Grown:
    return Grown(WIDTH * WIDTH + 3 * WIDTH + 77)


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_those_of_certificate_transparency(size):
    assert Frontier().grown(LEAVES[:size]).root.hex() == ROOTS[size]


@given(st.lists(st.binary(max_size=40), max_size=70), st.integers(0, 70))
def test_a_tree_that_grows_in_steps_is_the_tree_that_was_made_at_once(leaves, at):
    grown = Frontier().grown(leaves[:at]).grown(leaves[at:])
    assert grown == Frontier().grown(leaves)
    assert grown.size == len(leaves)
    assert grown.root == root_as_defined(leaves)


@pytest.mark.parametrize(("size", "roots"), [(-1, 0), (1, 0), (4, 2), (7, 2)])
def test_a_frontier_that_makes_no_tree_is_refused(size, roots):
    with pytest.raises(ValueError, match="do not make a tree"):
        Frontier(size, (EMPTY,) * roots)


@given(st.integers(1, 600), st.data())
def test_proofs_are_as_defined_and_hold(size, data):
    grown = Grown(size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    path = inclusion(grown.tree, index, size)
    assert path == path_as_defined(index, grown.leaves)
    verify_inclusion(leaf(grown.leaves[index]), index, size, path, grown.root)
    steps = consistency(grown.tree, old, size)
    assert steps == proof_as_defined(old, grown.leaves)
    verify_consistency(old, root_as_defined(grown.leaves[:old]), size, grown.root, steps)


@given(st.integers(2, 300), st.data())
def test_nothing_else_is_proved(size, data):
    """Another leaf, place, size or root, a hash too many or too few, a hash changed."""
    grown = Grown(size)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion(grown.tree, index, size)
    at = data.draw(st.integers(0, len(path) - 1))
    changed = [*path[:at], bytes(byte ^ 1 for byte in path[at]), *path[at + 1 :]]
    own = leaf(grown.leaves[index])
    others = [
        (leaf(b"another"), index, size, path, grown.root),
        (own, (index + 1) % size, size, path, grown.root),
        (own, index, size, path, EMPTY),
        (own, index, size, [*path, EMPTY], grown.root),
        (own, index, size, path[:-1], grown.root),
        (own, index, size, changed, grown.root),
        (own, size, size, path, grown.root),
        (own, -1, size, path, grown.root),
    ]
    for other in others:
        with pytest.raises(ProofFails):
            verify_inclusion(*other)


@given(st.integers(2, 300), st.data())
def test_no_other_tree_is_its_beginning(size, data):
    grown = Grown(size)
    old = data.draw(st.integers(1, size - 1))
    old_root, steps = root_as_defined(grown.leaves[:old]), consistency(grown.tree, old, size)
    rewritten = root_as_defined([b"rewritten", *grown.leaves[1:old]])
    others = [
        (old, rewritten, size, grown.root, steps),
        (old, old_root, size, rewritten, steps),
        (old, old_root, size, grown.root, [*steps, EMPTY]),
        (old, old_root, size, grown.root, steps[:-1]),
        (size + 1, old_root, size, grown.root, steps),
        (0, EMPTY, size, grown.root, []),
    ]
    for other in others:
        with pytest.raises(ProofFails):
            verify_consistency(*other)


def test_two_trees_of_one_size_have_one_root(grown):
    verify_consistency(3, entry(1), 3, entry(1), [])
    with pytest.raises(ProofFails):
        verify_consistency(3, entry(1), 3, entry(2), [])
    with pytest.raises(ProofFails):
        verify_consistency(3, entry(1), 3, entry(1), [EMPTY])


def test_proofs_of_a_large_tree_are_read_from_its_tiles(grown):
    size = len(grown.leaves)
    for index in (0, WIDTH - 1, WIDTH, WIDTH * WIDTH - 1, WIDTH * WIDTH, size - 1):
        verify_inclusion(leaf(entry(index)), index, size, inclusion(grown.tree, index, size), grown.root)
    for old in (1, WIDTH, WIDTH + 1, WIDTH * WIDTH, size - 1, size):
        before = Frontier().grown(grown.leaves[:old]).root
        verify_consistency(old, before, size, grown.root, consistency(grown.tree, old, size))


def test_a_proof_reads_a_few_tiles_and_each_once(grown: Grown) -> None:
    read: list[tuple[int, int]] = []

    def reading(level: int, number: int) -> bytes:
        read.append((level, number))
        return grown.read(level, number)

    inclusion(Tiled(reading), 100, len(grown.leaves))
    assert len(read) == len(set(read)) <= 5


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_of_what_is_not_there_no_proof_is_made(grown, index, size):
    with pytest.raises(ValueError, match="has no leaf"):
        inclusion(grown.tree, index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (-1, 5)])
def test_nor_one_of_a_tree_that_was_larger(grown, old, new):
    with pytest.raises(ValueError, match="was never one of"):
        consistency(grown.tree, old, new)


def test_beyond_the_end_there_is_no_subtree(grown):
    size = len(grown.leaves)
    assert root_of(grown.tree, size - 1, size) == leaf(entry(size - 1))
    with pytest.raises(IndexError):
        grown.tree.subtree(0, size)
    with pytest.raises(IndexError):
        grown.tree.subtree(1, size // 2)


@pytest.mark.parametrize(
    ("tile", "address"),
    [
        (Tile(0, 0), "0/000"),
        (Tile(0, 1234067), "0/x001/x234/067"),
        (Tile(1, 5, 17), "1/005.p/17"),
        (Tile(None, 1000, 255), "entries/x001/000.p/255"),
        (Tile(63, 999), "63/999"),
    ],
)
def test_a_tile_has_its_address(tile, address):
    assert tile.address == address
    assert Tile.parse(address) == tile


@given(st.none() | st.integers(0, LEVEL_MOST), st.integers(0, 2**60), st.integers(1, WIDTH))
def test_every_address_leads_to_its_tile(level, number, width):
    tile = Tile(level, number, width)
    assert Tile.parse(tile.address) == tile


@pytest.mark.parametrize(
    "address",
    ["", "0", "0/", "0/1", "0/0001", "0/x000/001", "0/001/", "/0/001", "64/000", "00/000", "-1/000", "0/001.p/0", "0/001.p/256",
     "0/001.p/0x10", "0/001.p/07", "data/000", "0/x001/x234", "0/001.p/", "0/x01/000", "0/٠٠١", "0/001\n", "0/../001", pytest.param(f"0/{'x001/' * 2000}001", id="a number without end")],
)  # fmt: skip
def test_what_is_the_address_of_no_tile_is_refused(address):
    with pytest.raises(TileMalformed):
        Tile.parse(address)


def test_the_partial_tiles_of_a_tree():
    assert tiles_of(0) == []
    assert tiles_of(WIDTH) == [Tile(1, 0, 1)]
    assert tiles_of(70_000) == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert all(not tile.is_complete for tile in tiles_of(70_000))
    assert len(over(EMPTY * 4)) == HASH_BYTES
