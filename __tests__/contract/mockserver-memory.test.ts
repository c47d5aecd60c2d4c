import fc from "fast-check";
import { TASK_SIZES, taskSizeFault, type TaskSize } from "../../contract/fargate";
import {
  idleMemoryPercent,
  jqLimitKiB,
  MEMORY_SCALE_IN_PERCENT,
  memorySplit,
  mockServerPeakMiB,
  storeLimits,
} from "../../contract/mockserver-memory";

/** Every Fargate size. */
const ALL_SIZES: readonly TaskSize[] = [256, 512, 1024, 2048, 4096, 8192, 16384].flatMap((cpuUnits) =>
  Array.from({ length: 240 }, (_, i) => ({ cpuUnits, memoryMiB: (i + 1) * 512 })).filter(
    (size) => taskSizeFault(size) === undefined,
  ),
);

describe("memory", () => {
  it.each([
    ["small", 96, 384, 128, 960, 960, 64],
    ["medium", 368, 768, 256, 3680, 3680, 59],
    ["large", 992, 1536, 512, 9920, 9920, 60],
    ["xlarge", 2224, 3072, 1024, 15000, 10000, 60],
  ] as const)(
    "%s: heap %i MiB in a container of %i MiB beside one of %i, %i expectations, %i log entries, %i %% idle",
    (name, heapMiB, memoryMiB, syncMiB, maxExpectations, maxLogEntries, idle) => {
      const split = memorySplit(TASK_SIZES[name]);
      expect(split.heapMiB).toBe(heapMiB);
      expect(split.mockServer).toEqual({ memoryMiB, memoryReservationMiB: memoryMiB - 64 });
      expect(split.sync).toEqual({ memoryMiB: syncMiB, memoryReservationMiB: 96 });
      expect(split.loader).toEqual({ memoryMiB: 2 * syncMiB, memoryReservationMiB: 64 });
      expect(storeLimits(TASK_SIZES[name])).toEqual({
        maxExpectations,
        // jq takes up to 40 bytes for one of the file.
        maxExpectationsBytes: Math.floor((syncMiB * 1024 * 1024) / 40),
        maxLogEntries,
        maxLogBytes: Math.floor((heapMiB * 1024 * 1024) / 24),
      });
      expect(jqLimitKiB(split.sync)).toBe((syncMiB - 8) * 1024);
      expect(Math.round(idleMemoryPercent(TASK_SIZES[name]))).toBe(idle);
    },
  );

  it("covers all Fargate sizes", () => expect(ALL_SIZES).toHaveLength(74));

  it("an idle task is clearly below the scale-in level in every size, so that it can be removed", () => {
    for (const size of ALL_SIZES) expect(idleMemoryPercent(size)).toBeLessThan(MEMORY_SCALE_IN_PERCENT - 3);
  });

  it("the scale-in level is below 70 %, where tasks are added", () =>
    expect(MEMORY_SCALE_IN_PERCENT).toBeLessThan(70));

  it("full heap and network buffers fit in the container in every size", () => {
    for (const size of ALL_SIZES) {
      const { mockServer, sync, loader } = memorySplit(size);
      expect(mockServerPeakMiB(size)).toBeLessThanOrEqual(mockServer.memoryMiB);
      expect(mockServer.memoryMiB + sync.memoryMiB).toBe(size.memoryMiB);
      expect(
        mockServer.memoryReservationMiB + sync.memoryReservationMiB + loader.memoryReservationMiB,
      ).toBeLessThanOrEqual(size.memoryMiB);
    }
  });

  it("a larger task never has a smaller heap, and no heap is above 4 GiB", () =>
    fc.assert(
      fc.property(fc.constantFrom(...ALL_SIZES), fc.constantFrom(...ALL_SIZES), (a, b) => {
        const [small, large] = a.memoryMiB <= b.memoryMiB ? [a, b] : [b, a];
        expect(memorySplit(small).heapMiB).toBeLessThanOrEqual(memorySplit(large).heapMiB);
        expect(memorySplit(large).heapMiB).toBeLessThanOrEqual(4096);
        expect(memorySplit(large).heapMiB % 16).toBe(0);
      }),
    ));

  it("full stores use at most a fifth of the heap", () => {
    for (const size of ALL_SIZES) {
      const { heapMiB } = memorySplit(size);
      const { maxExpectations, maxLogEntries } = storeLimits(size);
      expect(maxExpectations * 10 + maxLogEntries * 8).toBeLessThanOrEqual((heapMiB * 1024) / 5);
    }
  });
});
