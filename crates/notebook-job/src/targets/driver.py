# Made by berdl-spark-monitor: runs the job beside it in the driver of a standalone cluster, and says how far it is.
import hashlib
import json
import os
import signal
import sys
import threading
import time
import traceback
import types

HERE = os.path.dirname(os.path.abspath(__file__))
JOB = os.path.join(HERE, "job.py")
# The worker runs each driver in a folder that has the driver's name.
REPORT = os.path.join(HERE, "reports", os.path.basename(os.getcwd()) + ".json")
LONGEST_TEXT = 1000


def end_with(parent):
    """End when the driver's JVM has ended: Spark kills that alone, and would leave this Python behind."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def report(**said):
    """Write how far the job is. It runs also where that cannot be written."""
    # Spark sends both streams of Python there.
    said["log_url"] = os.environ.get("SPARK_DRIVER_LOG_URL_STDOUT")
    part = REPORT + ".part"
    try:
        os.makedirs(os.path.dirname(REPORT), exist_ok=True)
        with open(part, "w") as file:
            json.dump(said, file)
        os.replace(part, REPORT)
    except OSError:
        pass


def line_of(error):
    """Return the last line of the job on the way to the error."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == JOB]
    return lines[-1] if lines else None


def text_of(error):
    """Return the beginning of the text of an error or of an exit, which is made by the job's own code."""
    try:
        return str(error)[:LONGEST_TEXT]
    except Exception as another:
        return f"its text cannot be made ({type(another).__name__})"


def main():
    """Run the job as `python job.py` does. The first argument is the sum of the job that was submitted."""
    with open(JOB, "rb") as file:
        source = file.read()
    if sys.argv[1:] and hashlib.sha1(source, usedforsecurity=False).hexdigest() != sys.argv[1]:
        said = "job.py has changed since it was submitted; submit the job again"
        report(error={"name": "Changed", "message": said})
        sys.exit(said)
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    begun = {}

    def cell(number):
        begun["cell"] = number
        report(**begun)

    report()
    sys.argv = [JOB]
    module = types.ModuleType("__main__")
    module.__file__ = JOB
    module._job_cell = cell
    sys.modules["__main__"] = module
    try:
        exec(compile(source, JOB, "exec", dont_inherit=True), vars(module))
    except SystemExit as end:
        if end.code not in (None, 0):
            report(**begun, error={"name": "SystemExit", "message": text_of(end.code), "line": line_of(end)})
        raise
    except BaseException as error:
        report(**begun, error={"name": type(error).__name__, "message": text_of(error), "line": line_of(error)})
        ours = error.__traceback__
        # A job in a cell whose output nobody sees has a hook that shows it.
        sys.excepthook(type(error), error, ours.tb_next if ours else None)
        sys.exit(1)


if __name__ == "__main__":
    main()
