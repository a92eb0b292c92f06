/** Build and development settings of the screen. `vite --mode fake` serves it over an in-memory counter. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { fakeCounter } from "./src/test/fake-plugin";

const APP = process.env.ONECOUNTER_PUBLIC_URL ?? "http://127.0.0.1:8000";

export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === "fake" ? [fakeCounter()] : [])],
  build: {
    outDir: "../app/web/static",
    emptyOutDir: true,
    target: "es2023",
    assetsDir: "assets",
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy:
      mode === "fake"
        ? {}
        : {
            "/api": { target: APP, changeOrigin: false },
            "/live": { target: APP.replace(/^http/, "ws"), ws: true },
            "/hooks": { target: APP },
          },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], globals: false },
}));
