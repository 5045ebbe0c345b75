"""The cache's bound in bytes, and what it lets go of."""

from cnnwalk.passes.cache import ByteCache


def test_what_was_not_used_for_longest_goes_first():
    cache = ByteCache(10)
    for name in "abc":
        cache.put(name, name.upper(), 3)
    assert cache.get("a") == "A"
    cache.put("d", "D", 4)
    assert [cache.get(name) for name in "abcd"] == ["A", None, "C", "D"]
    assert cache.size == 10


def test_a_value_put_again_counts_once():
    cache = ByteCache(10)
    cache.put("a", 1, 4)
    cache.put("a", 2, 6)
    assert cache.size == 6
    assert cache.get("a") == 2


def test_the_newest_stays_even_where_it_is_too_large():
    cache = ByteCache(10)
    cache.put("a", 1, 4)
    cache.put("b", 2, 40)
    assert (cache.get("a"), cache.get("b"), cache.size) == (None, 2, 40)
    cache.put("c", 3, 4)
    assert (cache.get("b"), cache.get("c"), cache.size) == (None, 3, 4)
