"""Runs a program on zero rows.

It is sealed before it starts. Standard input and output lead to the parent, which alone talks to Spark; what the
program prints goes nowhere. Nothing here protects anything: the seal and the parent do.
"""

import ast
import builtins
import inspect
import json
import os
import struct
import sys
import threading

ANALYZE, EXECUTE, CONFIG, DONE = range(1, 5)
ANSWER, SPARK_ERROR, REFUSED, NOTHING, RELATION, RESPONSES = range(6)
PROGRAM = "<program>"

requests = os.fdopen(os.dup(1), "wb")
answers = os.fdopen(os.dup(0), "rb")
null = os.open(os.devnull, os.O_RDWR)
for number in (0, 1, 2):
    os.dup2(null, number)
lock = threading.Lock()
state = {"gave_no_rows": False, "busy": False}


def read(length):
    data = answers.read(length)
    if len(data) != length:
        os._exit(1)
    return data


def receive():
    kind, length = struct.unpack(">BI", read(5))
    return kind, read(length)


def send(kind, payload):
    requests.write(struct.pack(">BII", kind, here(), len(payload)) + payload)
    requests.flush()


def here():
    """Return the line of the program that runs now."""
    frame, line = sys._getframe(1), 0
    while frame is not None:
        if frame.f_code.co_filename == PROGRAM:
            return frame.f_lineno or line
        frame = frame.f_back
    return line


def done(**what):
    with lock:
        send(DONE, json.dumps(what).encode())
    os._exit(0)


class Marks(ast.NodeTransformer):
    """Marks every place that the program may pass by: blocks, branches, bodies of loops without rows."""

    def __init__(self):
        self.places = []

    def mark(self, node):
        self.places.append((node.lineno, node.col_offset))
        name = ast.Name("__reached__", ast.Load())
        return ast.Call(name, [ast.Constant(len(self.places) - 1)], [])

    def expression(self, node):
        marked = ast.Subscript(ast.Tuple([self.mark(node), node], ast.Load()), ast.Constant(1), ast.Load())
        return ast.fix_missing_locations(ast.copy_location(marked, node))

    def block(self, body):
        marked, begins = [], True
        for statement in body:
            is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            if begins and not is_text and not is_future:
                call = ast.copy_location(ast.Expr(self.mark(statement)), statement)
                marked.append(ast.fix_missing_locations(call))
                begins = False
            marked.append(statement)
            # Behind it, the program goes on only if it did not leave.
            begins = begins or isinstance(statement, (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Match))
        return marked

    def generic_visit(self, node):
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body:
                setattr(node, name, self.block(body))
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
            node.elt = self.expression(node.elt)
        elif isinstance(node, ast.DictComp):
            node.value = self.expression(node.value)
        elif isinstance(node, ast.Lambda):
            node.body = self.expression(node.body)
        elif isinstance(node, ast.IfExp):
            node.body, node.orelse = self.expression(node.body), self.expression(node.orelse)
        elif isinstance(node, ast.BoolOp):
            node.values[1:] = [self.expression(value) for value in node.values[1:]]
        return node


def connect(session_id):
    """Return a session of PySpark whose calls go to the parent."""
    os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
    import pyarrow as pa
    import pyspark.sql.connect.proto as pb2
    import pyspark.sql.connect.proto.base_pb2_grpc as grpc_lib
    from pyspark.errors.exceptions import connect as errors
    from pyspark.sql.connect import dataframe
    from pyspark.sql.connect.client.core import ChannelBuilder
    from pyspark.sql.connect.session import SparkSession
    from pyspark.sql.connect.types import proto_schema_to_pyspark_data_type
    from pyspark.sql.pandas.types import to_arrow_schema

    class Refused(Exception):
        pass

    # Spark 4.1 and newer want one for timestamps, of which there are none.
    has_zone = "timezone" in inspect.signature(to_arrow_schema).parameters
    in_zone = {"timezone": "UTC"} if has_zone else {}

    def spark_error(payload):
        told = json.loads(payload)
        name = told["class"] or ""
        kind = errors.ParseException if name.startswith("PARSE_") else errors.AnalysisException
        try:
            error = kind(told["message"], errorClass=name or None, messageParameters={})
        except TypeError:
            error = kind(told["message"])
        error.rehearsal_class, error.rehearsal_message = name, told["message"]
        return error

    def ask(kind, request):
        with lock:
            send(kind, request.SerializeToString())
            told, payload = receive()
        if told == SPARK_ERROR:
            raise spark_error(payload)
        if told == REFUSED:
            raise Refused(payload.decode())
        return told, payload

    def rows(request, schema):
        """Return no rows, or the one row that a plan has however few it reads."""
        # `show` prints, and gives the program nothing.
        state["gave_no_rows"] |= request.plan.root.WhichOneof("rel_type") != "show_string"
        try:
            arrow = to_arrow_schema(proto_schema_to_pyspark_data_type(schema), **in_zone)
        except Exception as error:
            # Not the program's fault.
            raise Refused(f"Rows of this kind are not rehearsed: {type(error).__name__}.") from error
        arrays = [pa.array([zero(field)] if one_row(request.plan.root) else [], field.type) for field in arrow]
        fields = [field.with_nullable(True) for field in arrow]
        batch = pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        answer = response(request)
        answer.arrow_batch.row_count = batch.num_rows
        answer.arrow_batch.data = sink.getvalue().to_pybytes()
        first = response(request)
        first.schema.CopyFrom(schema)
        return [first, answer]

    def zero(field):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            return ""
        if not field.nullable and (pa.types.is_integer(field.type) or pa.types.is_floating(field.type)):
            return 0
        return False if pa.types.is_boolean(field.type) and not field.nullable else None

    def one_row(relation):
        while relation.WhichOneof("rel_type") in ("project", "with_columns", "to_df", "subquery_alias", "limit"):
            kind = relation.WhichOneof("rel_type")
            if kind == "limit" and relation.limit.limit < 1:
                return False
            relation = getattr(relation, kind).input
        kind = relation.WhichOneof("rel_type")
        if kind == "aggregate":
            return not relation.aggregate.grouping_expressions and not relation.aggregate.HasField("pivot")
        return kind in ("show_string", "html_string")

    def response(request):
        return pb2.ExecutePlanResponse(session_id=request.session_id, operation_id=request.operation_id)

    def plain(answer):
        """Take away the server's own id of the session, which our own answers lack: PySpark compares them."""
        answer.server_side_session_id = ""
        return answer

    class Stub:
        def AnalyzePlan(self, request, **_):
            return plain(pb2.AnalyzePlanResponse.FromString(ask(ANALYZE, request)[1]))

        def Config(self, request, **_):
            return plain(pb2.ConfigResponse.FromString(ask(CONFIG, request)[1]))

        def ExecutePlan(self, request, **_):
            told, payload = ask(EXECUTE, request)
            if told == ANSWER:
                schema = pb2.AnalyzePlanResponse.FromString(payload).schema.schema
                yield from rows(request, schema)
            elif told == RELATION:
                answer = response(request)
                answer.sql_command_result.relation.ParseFromString(payload)
                yield answer
            elif told == RESPONSES:
                while payload:
                    (length,) = struct.unpack(">I", payload[:4])
                    answer = plain(pb2.ExecutePlanResponse.FromString(payload[4 : 4 + length]))
                    answer.operation_id = request.operation_id
                    yield answer
                    payload = payload[4 + length :]
            end = response(request)
            end.result_complete.SetInParent()
            yield end

        def ReleaseSession(self, request, **_):
            return pb2.ReleaseSessionResponse(session_id=request.session_id)

        def ReleaseExecute(self, request, **_):
            return pb2.ReleaseExecuteResponse(session_id=request.session_id, operation_id=request.operation_id)

        def Interrupt(self, request, **_):
            return pb2.InterruptResponse(session_id=request.session_id)

        def __getattr__(self, name):
            def refuse(*_, **__):
                raise Refused(f"{name} is not available in a rehearsal.")

            return refuse

    class Channel:
        def close(self):
            pass

    class Builder(ChannelBuilder):
        def __init__(self):
            super().__init__(params={"session_id": session_id})

        def toChannel(self):
            return Channel()

        host = endpoint = property(lambda self: "rehearsal")

    grpc_lib.SparkConnectServiceStub = lambda channel: Stub()
    session = SparkSession(Builder())
    # There is no connection that could break.
    session._client._use_reattachable_execute = False
    set_active = getattr(SparkSession, "_set_default_and_active_session", None)
    if set_active:
        set_active(session)
    import pyspark.sql as sql

    def get(builder):
        for key, value in getattr(builder, "_options", {}).items():
            if key.startswith("spark.sql."):
                session.conf.set(key, value)
        return session

    for builder in (sql.SparkSession.Builder, SparkSession.Builder):
        builder.getOrCreate = builder.create = get

    def made(self, *arguments, **named):
        made.original(self, *arguments, **named)
        # PySpark asks about a DataFrame only when it is used; a line that makes a wrong one is the one to show.
        if not state["busy"] and here():
            state["busy"] = True
            try:
                plan = self._plan.to_proto(self._session._client)
                self._session._client._analyze("schema", plan=plan)
            finally:
                state["busy"] = False

    made.original = dataframe.DataFrame.__init__
    dataframe.DataFrame.__init__ = made
    return session, Refused


def place(error):
    """Return where in the program an error arose: the line from 1, the column in bytes from 0."""
    found, trace = (0, 0), error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == PROGRAM:
            line, column = trace.tb_lineno, 0
            if hasattr(code, "co_positions"):
                for at, position in enumerate(code.co_positions()):
                    if at == trace.tb_lasti // 2:
                        column = position[2] or 0 if position[0] == line else 0
            found = (line, column)
        trace = trace.tb_next
    return found


def main():
    begin = json.loads(receive()[1])
    try:
        spark, refused = connect(begin["session_id"])
    except BaseException as error:
        done(end="no_start", message=f"{type(error).__name__}: {error}"[:400])
    marks, reached = Marks(), set()
    try:
        tree = ast.parse(begin["source"], PROGRAM)
        tree = marks.visit(tree)
        code = compile(tree, PROGRAM, "exec")
    except (SyntaxError, RecursionError, ValueError) as error:
        done(end="no_start", message=f"the program cannot be compiled by this Python: {type(error).__name__}")
    import types

    module = types.ModuleType("__main__")
    module.__dict__.update(
        spark=spark, display=lambda *_, **__: None, __reached__=reached.add, __builtins__=builtins
    )
    sys.modules["__main__"] = module
    try:
        exec(code, module.__dict__)
    except SystemExit as error:
        if error.code not in (None, 0):
            line, column = place(error)
            done(end="python", name="SystemExit", message="", line=line, column=column, no_rows=state["gave_no_rows"])
    except refused as error:
        line, column = place(error)
        done(end="refused", message=str(error), line=line, column=column)
    except BaseException as error:
        line, column = place(error)
        cause = error
        while cause is not None and not hasattr(cause, "rehearsal_class"):
            cause = cause.__cause__ or cause.__context__
        if cause is not None and cause is error:
            done(end="spark", name=cause.rehearsal_class, message=cause.rehearsal_message, line=line, column=column)
        done(
            end="python",
            name=type(error).__name__,
            message=str(error)[:2000],
            line=line,
            column=column,
            no_rows=state["gave_no_rows"],
        )
    missed = [where for number, where in enumerate(marks.places) if number not in reached]
    line, column = min(missed, default=(0, 0))
    done(end="finished", line=line, column=column)


main()
