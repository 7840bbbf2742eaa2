"""The made-up web as a server beside a bench run, in a folder that goes with it."""
import contextlib
import pathlib
import shutil
import subprocess
import tempfile


@contextlib.contextmanager
def made_up_web(build, *options):
    """Yields (folder, server): the server listens, its seeds are in folder/seeds."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="decorum-bench-"))
    server = subprocess.Popen([build / "madeupweb", "--seeds-file", folder / "seeds", *map(str, options)],
                              cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        server.stdout.readline()
        yield folder, server
    finally:
        end(server)
        shutil.rmtree(folder, ignore_errors=True)


def end(process):
    if process.returncode is None and process.poll() is None:
        process.terminate()
        process.wait(10)
