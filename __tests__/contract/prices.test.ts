import { INSTANCE_CLASS_MEMORY_GIB } from "../../contract/postgres";
import { hourlyUsd, isPriceId, MONTH_HOURS, PRICE_BOOK, priceOf, type PriceId } from "../../contract/prices";

const prices = Object.entries(PRICE_BOOK.prices);
const ids = Object.keys(PRICE_BOOK.prices) as PriceId[];

it("has a region and the day of its oldest price", () => {
  expect(PRICE_BOOK.region).toBe("us-east-1");
  expect(MONTH_HOURS).toBe(730);
  const days = prices.map(([, { checkedOn }]) => checkedOn).sort();
  expect(PRICE_BOOK.checkedOn).toBe(days[0]);
});

it("every price is positive and has a unique item, an AWS page and a date", () => {
  expect(prices.length).toBeGreaterThan(50);
  expect(new Set(prices.map(([, { item }]) => item)).size).toBe(prices.length);
  const wrong = prices.filter(
    ([, { usd, source, checkedOn, readIn }]) =>
      !(usd > 0) ||
      !/^https:\/\/aws\.amazon\.com\/[a-z0-9/-]+\/$/.test(source) ||
      !/^202\d-\d\d-\d\d$/.test(checkedOn) ||
      Number.isNaN(Date.parse(checkedOn)) ||
      (readIn !== undefined && !readIn.startsWith("https://")),
  );
  expect(wrong).toEqual([]);
});

it("has a note for each price that is not from AWS or its price list", () => {
  const aws = /^https:\/\/(aws\.amazon\.com|github\.com\/infracost\/infracost$)/;
  const silent = prices.filter(([, { readIn, note }]) => readIn && !aws.test(readIn) && !note);
  expect(silent).toEqual([]);
});

it("a monthly price is divided by the hours of a month", () => {
  expect(hourlyUsd("nat-gateway")).toBe(0.045);
  expect(hourlyUsd("fargate-x86-memory")).toBe(0.004445);
  expect(hourlyUsd("kms-key")).toBeCloseTo(1 / 730, 12);
  expect(hourlyUsd("rds-storage") * 100 * 730).toBeCloseTo(11.5, 9);
});

it("a price per use has no hourly cost", () => {
  expect(() => hourlyUsd("s3-get")).toThrow(
    'The price "s3-get" is per 1,000 requests, not per unit of time, so it has no hourly cost.',
  );
  expect(() => hourlyUsd("nat-gateway-data")).toThrow('The price "nat-gateway-data" is per GB');
  const units = ids.map((id) => priceOf(id).unit).filter((unit) => /hour|month/.test(unit));
  expect(new Set(units)).toEqual(
    new Set(["vCPU-hour", "GB-hour", "hour", "LCU-hour", "GB-month", "IOPS-month", "MBps-month", "month"]),
  );
});

it.each(Object.keys(INSTANCE_CLASS_MEMORY_GIB))("%s has a price", (name) => {
  expect(isPriceId(`postgres-${name}`)).toBe(true);
});

it("a missing price is an error, not zero", () => {
  expect(isPriceId("postgres-db.t3.small")).toBe(true);
  expect(isPriceId("postgres-db.x2.huge")).toBe(false);
  expect(isPriceId("toString")).toBe(false);
  expect(() => priceOf("postgres-db.x2.huge" as PriceId)).toThrow(
    'The price book has no price "postgres-db.x2.huge"; add it to contract/price-book.json with its unit, source and date.',
  );
});
