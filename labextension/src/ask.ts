/** Asks a kernel which Spark it uses, without a trace in the user's namespace or history. */
import type { Kernel, KernelMessage } from '@jupyterlab/services';

/** The Spark of a notebook: a session of Spark Connect, or the driver in its own process; empty if there is none. */
export interface SparkIdentity {
  session_id?: string;
  app_id?: string;
}

/**
 * An expression that binds no name and imports nothing: `sys` exists in every Python, and a module that is not in its
 * `modules` is not in use. Connect comes first, because a local Connect server also has a SparkContext.
 */
const EXPRESSION = `(lambda modules: (lambda connect, pyspark: (lambda session, context:
  "session " + session.session_id if session is not None
  else "app " + context.applicationId if context is not None
  else "")(
    getattr(getattr(connect, "_active_session", None), "session", None) or getattr(connect, "_default_session", None),
    getattr(getattr(pyspark, "SparkContext", None), "_active_spark_context", None)))(
      getattr(modules.get("pyspark.sql.connect.session"), "SparkSession", None),
      modules.get("pyspark")))(__import__("sys").modules)`;

/** Undefined if the kernel did not answer as expected. */
export async function askKernel(
  kernel: Kernel.IKernelConnection
): Promise<SparkIdentity | undefined> {
  const future = kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    user_expressions: { spark: EXPRESSION },
    allow_stdin: false,
    stop_on_error: false
  });
  try {
    return identity(await future.done);
  } finally {
    future.dispose();
  }
}

function identity(reply: KernelMessage.IExecuteReplyMsg | undefined): SparkIdentity | undefined {
  if (reply?.content.status !== 'ok') {
    return undefined;
  }
  const answer = reply.content.user_expressions['spark'] as { data?: { 'text/plain'?: unknown } };
  const found = /^'(?:(session|app) ([\w.-]{1,128}))?'$/.exec(String(answer?.data?.['text/plain']));
  if (found === null) {
    return undefined;
  }
  const [, kind, id] = found;
  if (kind === undefined || id === undefined) {
    return {};
  }
  return kind === 'session' ? { session_id: id } : { app_id: id };
}

/** By how much Spark's number of a cell exceeds the execution count: IPython 9.8 counts before it runs a cell. */
export async function cellShift(kernel: Kernel.IKernelConnection): Promise<number | null> {
  const info = await kernel.info;
  if (info.implementation !== 'ipython') {
    return null;
  }
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(info.implementation_version) ?? [];
  if (major === undefined || minor === undefined) {
    return null;
  }
  const version = Number(major) * 1000 + Number(minor);
  return version >= 9008 ? 1 : 0;
}
