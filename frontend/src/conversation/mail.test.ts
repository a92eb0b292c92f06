import { describe, expect, it } from "vitest";
import { mailPage } from "./mail";

describe("a mail in its frame", () => {
  it("forbids everything but its own words, styles and pictures given as data", () => {
    expect(mailPage("<p>hi</p>", [])).toContain(
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
    );
  });

  it("shows a picture once it is here, and nothing in its place before", () => {
    const html = '<img src="#image-0"><img src="#image-1">';
    expect(mailPage(html, [])).toContain('<img alt=""><img alt="">');
    expect(mailPage(html, ["data:image/png;base64,AA", null])).toContain(
      '<img src="data:image/png;base64,AA"><img alt="">',
    );
  });

  it("shows what came along apart from what is fetched from afar", () => {
    const html = '<img src="#file-0"><img src="#image-0">';
    expect(mailPage(html, [], ["data:image/png;base64,AA"])).toContain(
      '<img src="data:image/png;base64,AA"><img alt="">',
    );
  });
});
