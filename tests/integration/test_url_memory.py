"""What a URL weighs in Redis, as docs/redis-keys.md has it published: bench/frontier.py, made small."""
import sys

import harness

URLS, OF_A_HOST = 200_000, 100
SEEN, QUEUED, QUEUED_OF_ONE_HOST = 12, 40, 40  # bytes at most


def weight(bench, hosts, urls):
    if bench.sanitized:
        raise harness.Skip("it is Redis' memory, whatever watches ours")
    sys.path.insert(0, str(bench.source / "bench"))
    import frontier
    with frontier.private_redis() as folder:
        frontier.fill(bench.build, folder, hosts, urls)
        return frontier.weigh(folder)


def test_many_hosts(bench):
    seen, queued = weight(bench, URLS // OF_A_HOST, URLS)
    print(f"seen {seen:.1f} bytes a URL, queued {queued:.1f}")
    assert 8 < seen <= SEEN and 10 < queued <= QUEUED, (seen, queued)


def test_one_host(bench):
    seen, queued = weight(bench, 1, URLS)
    print(f"seen {seen:.1f} bytes a URL, queued {queued:.1f}")
    assert 8 < seen <= SEEN and 10 < queued <= QUEUED_OF_ONE_HOST, (seen, queued)


harness.main(globals())
