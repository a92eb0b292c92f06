import { describe, expect, it } from "vitest";
import { currencyOf, faultsOf, missingOf, valuesOf, zoneName } from "./answers";

describe("the first answers", () => {
  it("guesses the currency by the zone", () => {
    expect(
      ["Asia/Jakarta", "Europe/Berlin", "Europe/London", "America/New_York", "constructor"].map(currencyOf),
    ).toEqual(["IDR", "EUR", "GBP", "USD", "USD"]);
  });

  it("names zones by their town", () => {
    expect(["Asia/Jakarta", "America/New_York", "America/Argentina/Salta", "UTC"].map(zoneName)).toEqual([
      "Jakarta",
      "New York",
      "Salta, Argentina",
      "UTC",
    ]);
  });

  it("counts a password by its letters, not by their bytes", () => {
    expect([missingOf(""), missingOf("eleven chars"), missingOf("🍵".repeat(11))]).toEqual([12, 0, 1]);
  });

  it("names what is missing or wrong, field by field", () => {
    const given = { name: " ", email: "nadia", password: "short", company: "Nusa Goods" };
    expect(faultsOf(given)).toEqual({ name: "missing", email: "email", password: "short" });
    expect(faultsOf({ name: "N", email: "n@n.example", password: "long enough word", company: "N" })).toEqual(
      {},
    );
  });

  it("keeps a value this browser does not list", () => {
    expect(valuesOf("timeZone", "Mars/Base")[0]).toBe("Mars/Base");
  });
});
