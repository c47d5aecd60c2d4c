import type { TaskSize } from "./fargate";

/**
 * Non-heap memory of an idle MockServer JVM: metaspace, code cache, thread stacks, garbage collector. Assumed, not
 * measured.
 */
const NON_HEAP_MIB = 128;

/**
 * Netty's buffers stay near 8 MiB with small bodies. MockServer caps them at a quarter of the heap, but not below
 * 64 MiB. Source: docs/code/memory-management.md in mock-server/mockserver-monorepo.
 */
const NETTY_IDLE_MIB = 8;
const NETTY_CAP_MIB = 64;

const MIB = 1024 * 1024;

/**
 * Share of the task that the sync container may use for a moment, when jq reads a new file. One call of the AWS CLI,
 * version 1, peaks at 60 MiB (measured); version 2 carries its own Python, for which half as much again is assumed.
 */
const SYNC_SHARE = 1 / 4;
const SYNC_PEAK_MIB = 96;

/** The loader has ended before the others start, so it may use more. */
const LOADER_SHARE = 1 / 2;

/** Memory that jq takes for each byte of a file of small objects (measured: 21 to 38). */
const JQ_BYTES_PER_BYTE = 40;

/** What a container of shell scripts needs beside jq. */
const SHELL_MIB = 8;

/**
 * With a smaller heap MockServer does not start reliably. With a larger one its stores are already at their caps, and
 * garbage collections only take longer.
 */
const SMALLEST_HEAP_MIB = 96;
const LARGEST_HEAP_MIB = 4096;

/** Target for a task's memory utilization after load, when the heap has grown to its limit, in percent. */
const IDLE_TARGET_PERCENT = 60;

/**
 * Memory scale-in level for AutoMock, in percent. A JVM keeps its heap after load, so with the usual 40 % tasks would
 * never be removed. The level is above the idle utilization of every size and below 70 %, where memory scales out.
 */
export const MEMORY_SCALE_IN_PERCENT = 68;

/** How a task's memory is divided. */
export interface MemorySplit {
  readonly loader: ContainerMemory;
  readonly mockServer: ContainerMemory;
  readonly sync: ContainerMemory;
  /** `-Xmx`. */
  readonly heapMiB: number;
}

export interface ContainerMemory {
  /** Hard limit. */
  readonly memoryMiB: number;
  /** Counted by ECS against the task. */
  readonly memoryReservationMiB: number;
}

/** Divides a task's memory: a quarter for the sync container, the rest for MockServer. */
export function memorySplit({ memoryMiB }: TaskSize): MemorySplit {
  const syncMiB = memoryMiB * SYNC_SHARE;
  const mockServerMiB = memoryMiB - syncMiB;
  const wanted = (memoryMiB * IDLE_TARGET_PERCENT) / 100 - NON_HEAP_MIB - NETTY_IDLE_MIB - SYNC_PEAK_MIB;
  return {
    loader: { memoryMiB: memoryMiB * LOADER_SHARE, memoryReservationMiB: 64 },
    mockServer: { memoryMiB: mockServerMiB, memoryReservationMiB: mockServerMiB - 64 },
    sync: { memoryMiB: syncMiB, memoryReservationMiB: SYNC_PEAK_MIB },
    heapMiB: Math.min(LARGEST_HEAP_MIB, Math.max(SMALLEST_HEAP_MIB, Math.floor(wanted / 16) * 16)),
  };
}

/** Memory utilization of an idle task after load, in percent. The scale-in level must be higher. */
export function idleMemoryPercent(size: TaskSize): number {
  const used = memorySplit(size).heapMiB + NON_HEAP_MIB + NETTY_IDLE_MIB + SYNC_PEAK_MIB;
  return (used / size.memoryMiB) * 100;
}

/** MockServer's memory when heap and network buffers are both full, in MiB. */
export function mockServerPeakMiB(size: TaskSize): number {
  const { heapMiB } = memorySplit(size);
  return heapMiB + NON_HEAP_MIB + Math.max(NETTY_CAP_MIB, heapMiB / 4);
}

/** Expectations in the file of the largest task. */
export const LARGEST_FILE = 15_000;

/** How many expectations and log entries MockServer keeps. It evicts the oldest first. */
export interface StoreLimits {
  /** A file with more is rejected, because MockServer would silently drop the oldest mocks. */
  readonly maxExpectations: number;
  /** A larger file is refused: jq or MockServer would run out of memory when they read it. */
  readonly maxExpectationsBytes: number;
  /** Requests, matches and responses for verification; two to three per request. */
  readonly maxLogEntries: number;
  /** Memory for these entries, with their bodies. */
  readonly maxLogBytes: number;
}

/**
 * About a tenth of the heap for each, with an estimate of 10 KB per expectation and 8 KB per log entry. MockServer's
 * defaults allow ten times as much. The estimates and the cap of 15000 are from docs/code/memory-management.md in
 * mock-server/mockserver-monorepo.
 *
 * Byte limits, measured with a heap of 96 MiB: a 10 MiB file loads and can be replaced; a 16 MiB file loads, but the
 * task runs out of memory when it is replaced. With 4 MB of log, 200 bodies of up to 4 MiB each are harmless.
 */
export function storeLimits(size: TaskSize): StoreLimits {
  const { heapMiB, sync } = memorySplit(size);
  return {
    maxExpectations: Math.min(LARGEST_FILE, heapMiB * 10),
    maxExpectationsBytes: Math.floor(
      Math.min((heapMiB * MIB) / 10, (sync.memoryMiB * MIB) / JQ_BYTES_PER_BYTE),
    ),
    maxLogEntries: Math.min(10_000, heapMiB * 10),
    maxLogBytes: Math.floor((heapMiB * MIB) / 24),
  };
}

/** What jq may take in a container, in KiB: it then ends with an error, and ECS does not end the container. */
export function jqLimitKiB({ memoryMiB }: ContainerMemory): number {
  return (memoryMiB - SHELL_MIB) * 1024;
}
