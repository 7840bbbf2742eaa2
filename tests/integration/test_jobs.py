"""URLs of a job are counted by job, from the seed to the last link, and a job is finished when nothing of it is left."""
import json

import harness

STATES = ("queued", "in_flight", "waiting", "done", "refused")


def jobs(serve):
    code, _, text = serve.http("/api/v1/jobs")
    return {job["id"]: job for job in json.loads(text)["jobs"]} if code == 200 else {}


def test_each_job_has_its_books_and_its_end(bench):
    web, redis = bench.web(hosts=4, pages=10), bench.redis()
    serve = bench.serve(redis.url, "politeness.delay=0.05s")
    serve.wait_ready(20 * bench.patience)
    entries = [{"url": web.url(host), **({"job": job} if job else {})}
               for host, job in enumerate(["red", "red", "two words", None])]
    redis.cli("LPUSH", "decorum:seeds", *map(json.dumps, entries))
    harness.wait_until(lambda: {job["state"] for job in jobs(serve).values()} == {"finished"}, 60 * bench.patience,
                       "both jobs are finished")
    serve.wait_idle(20 * bench.patience)
    whole = serve.status()["books"]
    for job in jobs(serve).values():
        books = job["books"]
        assert books["discovered"] == sum(books[state] for state in STATES), books
        assert books["queued"] == books["in_flight"] == books["waiting"] == 0
    done = {name: job["books"]["done"] for name, job in jobs(serve).items()}
    print(f"done: {done} of {whole['done']}")
    assert set(done) == {"red", "two words"}
    assert done["red"] == 20 and done["two words"] == 10, "a job's links are its own, as far as they stay on its hosts"
    assert whole["done"] == 40
    assert serve.status()["books_imbalance"] == 0
    partition = next(key for key in redis.cli("KEYS", "decorum:*:jobs").split() if redis.cli("HGET", key, "done red"))
    redis.cli("HINCRBY", partition, "done red", "3")
    harness.wait_until(lambda: serve.status()["books_imbalance"] == 3, 20 * bench.patience, "what is wrong is seen")
    assert json.loads(serve.http("/api/v1/jobs/two%20words")[2]) == jobs(serve)["two words"]


def test_a_job_too_many_is_refused(bench):
    web, redis = bench.web(hosts=1, pages=1), bench.redis()
    serve = bench.serve(redis.url)
    serve.wait_ready(20 * bench.patience)
    names = [json.dumps({"url": web.url(0, f"/?{i}"), "job": f"job {i}"}) for i in range(1001)]
    redis.cli("RPUSH", "decorum:seeds", *names)
    harness.wait_until(lambda: serve.status()["seeds"]["rejected"] == 1, 60 * bench.patience, "one is rejected")
    rejected = json.loads(redis.cli("LINDEX", "decorum:seeds:rejected", "0"))
    assert rejected["reason"].startswith("too many jobs"), rejected
    assert int(redis.cli("HLEN", "decorum:jobs")) == 1000


harness.main(globals())
