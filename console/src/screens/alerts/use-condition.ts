import { useEffect, useState } from 'react';
import { ApiProblem, type ProblemDetail } from '../../api/problem';
import { useParsed } from './alert-queries';
import { thresholdOf, type Condition } from './condition';
import { normalized } from './marked-text';
import { plainThreshold, withThreshold } from './threshold-text';
import { useSettled } from './use-settled';
import type { WatchedSource } from './condition-data';

/** What is known of a condition while it is typed. */
export interface TypedCondition {
  /** The condition that was understood last: also of an earlier text. */
  readonly condition: Condition | undefined;
  /** The text was understood as it is. */
  readonly isUnderstood: boolean;
  readonly problem: ProblemDetail | undefined;
  readonly message: string | undefined;
  /** A failure that is none of the text. */
  readonly failure: unknown;
  /** The number that it compares with; while it is dragged, ahead of the server. */
  readonly threshold: number | undefined;
  readonly moveThreshold: (value: number) => void;
}

const CLOSE = 1e-9;

/** Asks the server for the meaning of a text 300 ms after its last change, and rewrites its number. */
export function useCondition(
  source: WatchedSource | undefined,
  text: string,
  onText: (text: string) => void,
): TypedCondition {
  const settled = useSettled(text);
  const body = source && { bucketId: source.bucketId, dataSourceId: source._id, condition: normalized(settled) };
  const parse = useParsed(settled.trim() === '' ? undefined : body);
  const [understood, setUnderstood] = useState(parse.data);
  if (parse.data && !parse.isPlaceholderData && parse.data !== understood) setUnderstood(parse.data);
  const condition = understood?.parsedCondition as Condition | undefined;
  const parsed = condition && thresholdOf(condition)?.value;

  const [moved, setMoved] = useState<{ readonly text: string; readonly value: number }>();
  const isCurrent = settled === text && settled.trim() !== '' && source !== undefined;
  const isUnderstood = isCurrent && parse.isSuccess && !parse.isPlaceholderData;
  const isMoved = moved?.text === text;
  const isMisread = isMoved && isCurrent && (parse.isError || (isUnderstood && !isClose(parsed, moved.value)));
  const plain = isMisread && condition ? plainThreshold(condition, moved.value) : undefined;
  useEffect(() => {
    // The number was not the one that the condition compares with: the usual words say which one is.
    if (plain !== undefined && plain !== text) onText(plain);
  }, [plain, text, onText]);

  const threshold = isMoved ? moved.value : parsed;
  const problem = parse.error instanceof ApiProblem ? parse.error : undefined;
  const isRefused = problem?.status === 400 && settled.trim() !== '';
  return {
    condition,
    isUnderstood,
    problem: isRefused && settled === text ? problem.details.find(({ at }) => at !== undefined) : undefined,
    message: isRefused ? problem.message : undefined,
    failure: isRefused ? null : parse.error,
    threshold,
    moveThreshold: (value) => {
      if (!condition) return;
      const present = threshold === undefined ? condition : ({ ...condition, value: threshold } as Condition);
      const next = withThreshold(text, present, value);
      setMoved({ text: next, value });
      onText(next);
    },
  };
}

function isClose(one: number | undefined, other: number): boolean {
  return one !== undefined && Math.abs(one - other) <= CLOSE * Math.max(1, Math.abs(other));
}
