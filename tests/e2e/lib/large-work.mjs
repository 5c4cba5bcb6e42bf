// A driver's lists of its work: recorded stages, repeated, with the jobs and operations that they belong to.
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** What a list of stages contains only on request. */
const DETAILS = ['tasks', 'executorSummary', 'taskMetricsDistributions', 'executorMetricsDistributions'];
const FIXTURES = path.join(import.meta.dirname, '../../fixtures/spark-4.3.0');

/** One whose stages all did work. */
const [, JOB] = recorded('jobs_connect');
const [, LIMITED] = recorded('connect_operations');
const [FAILED] = recorded('failed_connect_operations');
const [SQL, , COUNT, , SHOW] = recorded('connect_operations_notebook');

/** An operation of Spark Connect, and the stages of its job. @typedef {{operation: any, stages: any[]}} Query */

/** Queries that spilled, were skewed, failed, and ran Python. @type {Query[]} */
const ENDED = [
  { operation: SHOW, stages: recorded('spill_stages') },
  { operation: LIMITED, stages: recorded('skew_stages') },
  { operation: FAILED, stages: recorded('failed_stages') },
  { operation: COUNT, stages: recorded('python_udf_stages') }
];
/** @type {Query} */
const ACTIVE = { operation: SQL, stages: [recorded('active_stage_some_done_withSummaries')] };

/** Notebooks that send queries in turn. */
const SESSIONS = 25;
/** When the first stage started, and the interval between two stages; milliseconds. */
const [BEGIN_MS, APART_MS] = [1_795_220_000_000, 1_000];
/** Numbers of RDDs between two queries. */
const RDDS = 100;
/** From an operation's start to its job's, and from the job's end to the operation's; milliseconds. */
const OVERHEAD_MS = 100;

/** A driver's lists of its work, newest first. @param {number} ended @param {number} active Stages. */
export function work(ended, active) {
  /** @type {any[]} */
  const [stages, jobs, operations] = [[], [], []];
  while (stages.length < ended + active) {
    const running = stages.length >= ended;
    const query = running ? ACTIVE : /** @type {Query} */ (ENDED[jobs.length % ENDED.length]);
    const room = running ? 1 : ended - stages.length;
    const mine = stagesOf(query, stages.length).slice(0, room);
    operations.unshift(operation(query, jobs.length, mine));
    jobs.unshift(job(jobs.length, mine));
    stages.unshift(...mine.reverse());
  }
  return { stages, jobs, 'connect/operations': operations };
}

/** Its stages with other numbers and times: the higher, the newer. @param {Query} query @param {number} first */
function stagesOf({ stages }, first) {
  const moved = BEGIN_MS + first * APART_MS - milliseconds(stages[0].submissionTime);
  return stages.map((row, index) => {
    const times = ['submissionTime', 'firstTaskLaunchedTime', 'completionTime'].filter(name => row[name]);
    const shifted = times.map(name => [name, sparkTime(milliseconds(row[name]) + moved)]);
    const left = Object.entries(row).filter(([name]) => !DETAILS.includes(name));
    const rddIds = row.rddIds.map((/** @type {number} */ id) => id + first * RDDS);
    return { ...Object.fromEntries([...left, ...shifted]), stageId: first + index, rddIds };
  });
}

/** @param {number} id @param {any[]} stages */
function job(id, stages) {
  const sum = (/** @type {string} */ name) => stages.reduce((total, stage) => total + stage[name], 0);
  const are = (/** @type {string} */ status) => stages.filter(stage => stage.status === status).length;
  const { sessionId, operationId } = ids(id);
  const tag = `SparkConnect_OperationTag_User__Session_${sessionId}_Operation_${operationId}`;
  const server = `spark-session-${uuid(id % SESSIONS, 'e')}`;
  return {
    ...JOB,
    jobId: id,
    submissionTime: stages[0].submissionTime,
    completionTime: are('ACTIVE') ? undefined : stages.at(-1).completionTime,
    stageIds: stages.map(stage => stage.stageId),
    jobTags: [tag, server, `${server}-execution-root-id-${id}`],
    status: are('ACTIVE') ? 'RUNNING' : are('FAILED') ? 'FAILED' : 'SUCCEEDED',
    numTasks: sum('numTasks'),
    numActiveTasks: sum('numActiveTasks'),
    numCompletedTasks: sum('numCompleteTasks'),
    numFailedTasks: sum('numFailedTasks'),
    numKilledTasks: sum('numKilledTasks'),
    numCompletedIndices: sum('numCompletedIndices'),
    numActiveStages: are('ACTIVE'),
    numCompletedStages: are('COMPLETE'),
    numFailedStages: are('FAILED')
  };
}

/** @param {Query} query @param {number} jobId The only one. @param {any[]} stages */
function operation({ operation }, jobId, stages) {
  const { jobTags } = job(jobId, stages);
  const startTimestamp = milliseconds(stages[0].submissionTime) - OVERHEAD_MS;
  const row = { ...operation, ...ids(jobId), jobTag: jobTags[0], sparkSessionTags: [], jobIds: [String(jobId)], sqlExecIds: [String(jobId)] };
  const { completionTime } = stages.at(-1);
  if (!completionTime) {
    const duration = Date.now() - startTimestamp;
    return { ...row, state: 'STARTED', startTimestamp, finishTimestamp: 0, closeTimestamp: 0, duration, executionTime: duration };
  }
  const finishTimestamp = milliseconds(completionTime) + OVERHEAD_MS;
  const duration = finishTimestamp - startTimestamp;
  return { ...row, startTimestamp, finishTimestamp, closeTimestamp: finishTimestamp, duration, executionTime: duration };
}

/** The ids of the operation that has only this job. @param {number} jobId */
function ids(jobId) {
  return { sessionId: uuid(jobId % SESSIONS, '5'), operationId: uuid(jobId, '0') };
}

/** @param {number} number @param {string} kind One hexadecimal digit. */
function uuid(number, kind) {
  return `${kind}${number.toString(16).padStart(7, '0')}-0000-4000-8000-000000000000`;
}

/** @param {string} time As Spark writes it. */
function milliseconds(time) {
  return Date.parse(time.replace('GMT', 'Z'));
}

/** @param {number} ms */
function sparkTime(ms) {
  return new Date(ms).toISOString().replace('Z', 'GMT');
}

/** @param {string} name */
export function recorded(name) {
  return JSON.parse(readFileSync(path.join(FIXTURES, `${name}.json`), 'utf8'));
}
