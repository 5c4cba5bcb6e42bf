//! The few lines of our own at the beginning of a job, each only where the job needs it.

/// Something that a job needs of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Helper {
    /// `spark`, which a kernel may have had from its start.
    Spark,
    /// `sc`, likewise.
    SparkContext,
    /// `display`, which is IPython's.
    Display,
    /// `os`.
    Os,
    /// `pathlib`.
    Paths,
    /// `subprocess`.
    Processes,
    /// Output that nobody sees.
    Capture,
    /// `!command`.
    Shell,
    /// `lines = !command`.
    ShellLines,
    /// `%%bash`.
    Script,
    /// `await` at the top level.
    Run,
    /// `async for` at the top level.
    Each,
    /// `async with` at the top level.
    Within,
    /// Values for the parameters.
    Parameters,
}

impl Helper {
    /// What this one needs itself.
    pub(crate) fn needs(self) -> &'static [Helper] {
        match self {
            Self::SparkContext => &[Self::Spark],
            Self::Each | Self::Within => &[Self::Run],
            Self::Parameters => &[Self::Os],
            Self::Shell | Self::ShellLines | Self::Script => &[Self::Processes],
            _ => &[],
        }
    }

    /// Whether it is an import of one line, which stands before all that is not.
    pub(crate) fn is_import(self) -> bool {
        matches!(self, Self::Os | Self::Paths | Self::Processes)
    }

    /// Its lines.
    pub(crate) fn source(self) -> &'static str {
        match self {
            Self::Spark => {
                r#"if "spark" not in globals():
    from pyspark.sql import SparkSession as _SparkSession

    spark = _SparkSession.builder.getOrCreate()
"#
            }
            Self::SparkContext => "if \"sc\" not in globals():\n    sc = spark.sparkContext\n",
            Self::Display => "def display(*values, **_options):\n    for value in values:\n        print(value)\n",
            Self::Os => "import os as _os\n",
            Self::Paths => "import pathlib as _pathlib\n",
            Self::Processes => "import subprocess as _subprocess\n",
            Self::Capture => {
                r#"import contextlib as _contextlib
import io as _io
import sys as _sys


class _Captured:
    """Standard output until `end`; nobody sees it, but an error that ends the job."""

    def __init__(self, stdout=True, stderr=True):
        self._stack = _contextlib.ExitStack()
        self._stack.callback(setattr, _sys, "excepthook", _sys.excepthook)
        self._hook, _sys.excepthook = _sys.excepthook, self._report
        if stdout:
            self._stack.enter_context(_contextlib.redirect_stdout(_io.StringIO()))
        if stderr:
            self._stack.enter_context(_contextlib.redirect_stderr(_io.StringIO()))

    def _report(self, *error):
        self.end()
        self._hook(*error)

    def end(self):
        self._stack.close()
"#
            }
            Self::Shell => {
                r#"def _shell(command):
    """Run a command line and show its output; its exit code does not matter, as with `!`."""
    pipes = {"stdout": _subprocess.PIPE, "stderr": _subprocess.STDOUT, "text": True, "errors": "replace"}
    with _subprocess.Popen(command, shell=True, **pipes) as process:
        for line in process.stdout:
            print(line, end="")
"#
            }
            Self::ShellLines => {
                r#"def _shell_lines(command):
    """Run a command line and return the lines of its output."""
    pipes = {"stdout": _subprocess.PIPE, "stderr": _subprocess.STDOUT, "text": True, "errors": "replace"}
    return _subprocess.run(command, shell=True, check=False, **pipes).stdout.splitlines()
"#
            }
            Self::Script => {
                r#"def _script(program, text):
    """Run a script and show its output; if it fails, the job fails."""
    pipes = {"stdout": _subprocess.PIPE, "stderr": _subprocess.STDOUT, "text": True, "errors": "replace"}
    done = _subprocess.run(program, input=text, check=False, **pipes)
    print(done.stdout, end="")
    done.check_returncode()
"#
            }
            Self::Run => {
                r#"import asyncio as _asyncio

_loop = _asyncio.new_event_loop()
_asyncio.set_event_loop(_loop)


def _run(awaitable):
    """Wait for a value, as `await` at the top level of a notebook does."""

    async def value():
        return await awaitable

    return _loop.run_until_complete(value())
"#
            }
            Self::Each => {
                r#"def _each(iterable):
    """The values of `async for` at the top level."""
    iterator = type(iterable).__aiter__(iterable)
    while True:
        try:
            value = _run(type(iterator).__anext__(iterator))
        except StopAsyncIteration:
            return
        yield value
"#
            }
            Self::Within => {
                r#"class _Within:
    """The context of `async with` at the top level."""

    def __init__(self, manager):
        self._manager = manager

    def __enter__(self):
        return _run(type(self._manager).__aenter__(self._manager))

    def __exit__(self, *error):
        return _run(type(self._manager).__aexit__(self._manager, *error))
"#
            }
            Self::Parameters => {
                r#"import json as _json


def _given_parameters(names):
    """The parameters given to this run: by its caller, or as JSON in JOB_PARAMS."""
    given = globals().get("_job_params")
    if given is None:
        given = _json.loads(_os.environ.get("JOB_PARAMS") or "{}")
    if not isinstance(given, dict):
        raise TypeError("the parameters are no JSON object")
    for name in given:
        if name not in names:
            raise ValueError(f"the notebook has no parameter {name!r}; it has {', '.join(names)}")
    return given


def _parameter(name, default):
    """The value given for a parameter, of the type of its default."""
    if name not in _given:
        return default
    value, kind = _given[name], type(default)
    if default is None or type(value) is kind:
        return value
    if (kind, type(value)) in [(float, int), (tuple, list)]:
        return kind(value)
    raise TypeError(f"the parameter {name} is {value!r}, but must be of type {kind.__name__}")
"#
            }
        }
    }
}
