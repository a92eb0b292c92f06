/** Build and development settings of the screen. `vite --mode fake` serves it over an in-memory counter. */
import react from "@vitejs/plugin-react";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { fakeCounter } from "./src/test/fake-plugin";

const APP = process.env.ONECOUNTER_PUBLIC_URL ?? "http://127.0.0.1:8000";

const proxy = {
  "/api": { target: APP },
  "/hooks": { target: APP },
  "/live": { target: APP.replace(/^http/, "ws"), ws: true },
};

export default defineConfig(({ mode }): ViteUserConfig => {
  const fake = mode === "fake";
  return {
    plugins: fake ? [react(), fakeCounter()] : [react()],
    build: { outDir: "../app/web/static", emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 700 },
    server: fake ? {} : { proxy },
    test: {
      environment: "happy-dom",
      setupFiles: ["src/test/words.ts"],
      testTimeout: 15_000,
      include: ["src/**/*.test.{ts,tsx}", "widget/**/*.test.ts"],
    },
  };
});
