import fc from "fast-check";
import { TASK_SIZES, taskSizeFault, type TaskSize } from "../../contract/fargate";
import {
  idleMemoryPercent,
  MEMORY_SCALE_IN_PERCENT,
  memorySplit,
  mockServerPeakMiB,
  storeLimits,
} from "../../contract/mockserver-memory";

/** Every size that Fargate runs. */
const ALL_SIZES: readonly TaskSize[] = [256, 512, 1024, 2048, 4096, 8192, 16384].flatMap((cpuUnits) =>
  Array.from({ length: 240 }, (_, i) => ({ cpuUnits, memoryMiB: (i + 1) * 512 })).filter(
    (size) => taskSizeFault(size) === undefined,
  ),
);

describe("memory", () => {
  it.each([
    ["small", 96, 384, 960, 960, 64],
    ["medium", 368, 896, 3680, 3680, 59],
    ["large", 992, 1920, 9920, 9920, 60],
    ["xlarge", 2224, 3968, 15000, 10000, 60],
  ] as const)(
    "%s: heap %i MiB in a container of %i MiB, %i expectations, %i log entries, %i %% idle",
    (name, heapMiB, memoryMiB, maxExpectations, maxLogEntries, idle) => {
      const split = memorySplit(TASK_SIZES[name]);
      expect(split.heapMiB).toBe(heapMiB);
      expect(split.mockServer).toEqual({ memoryMiB, memoryReservationMiB: memoryMiB - 64 });
      expect(split.sync).toEqual({ memoryMiB: 128, memoryReservationMiB: 96 });
      expect(split.loader).toEqual({ memoryMiB: 256, memoryReservationMiB: 64 });
      expect(storeLimits(heapMiB)).toMatchObject({ maxExpectations, maxLogEntries });
      expect(storeLimits(heapMiB)).toMatchObject({
        maxExpectationsBytes: Math.floor((heapMiB * 1024 * 1024) / 10),
        maxLogBytes: Math.floor((heapMiB * 1024 * 1024) / 24),
      });
      expect(Math.round(idleMemoryPercent(TASK_SIZES[name]))).toBe(idle);
    },
  );

  it("covers all of Fargate's sizes", () => expect(ALL_SIZES).toHaveLength(74));

  it("idle stays below the scale-in level, with room, in every size, or tasks would never be removed", () => {
    for (const size of ALL_SIZES) expect(idleMemoryPercent(size)).toBeLessThan(MEMORY_SCALE_IN_PERCENT - 3);
  });

  it("the scale-in level lies below the 70 % that scale out", () =>
    expect(MEMORY_SCALE_IN_PERCENT).toBeLessThan(70));

  it("container-limits-set: heap and network buffers at their limits fit the container in every size", () => {
    for (const size of ALL_SIZES) {
      const { mockServer, sync, loader } = memorySplit(size);
      expect(mockServerPeakMiB(size)).toBeLessThanOrEqual(mockServer.memoryMiB);
      expect(mockServer.memoryMiB + sync.memoryMiB).toBe(size.memoryMiB);
      expect(
        mockServer.memoryReservationMiB + sync.memoryReservationMiB + loader.memoryReservationMiB,
      ).toBeLessThanOrEqual(size.memoryMiB);
    }
  });

  it("a larger task never has a smaller heap, and none is above 4 GiB", () =>
    fc.assert(
      fc.property(fc.constantFrom(...ALL_SIZES), fc.constantFrom(...ALL_SIZES), (a, b) => {
        const [small, large] = a.memoryMiB <= b.memoryMiB ? [a, b] : [b, a];
        expect(memorySplit(small).heapMiB).toBeLessThanOrEqual(memorySplit(large).heapMiB);
        expect(memorySplit(large).heapMiB).toBeLessThanOrEqual(4096);
        expect(memorySplit(large).heapMiB % 16).toBe(0);
      }),
    ));

  it("full stores take at most a fifth of the heap", () => {
    for (const size of ALL_SIZES) {
      const { heapMiB } = memorySplit(size);
      const { maxExpectations, maxLogEntries } = storeLimits(heapMiB);
      expect(maxExpectations * 10 + maxLogEntries * 8).toBeLessThanOrEqual((heapMiB * 1024) / 5);
    }
  });
});
