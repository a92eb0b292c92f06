/** Mounts the screen. */
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createDesk, DeskProvider } from "./api/index";
import { useTheme, wake } from "./app/index";
import { loadWords, useLanguage } from "./i18n/index";
import type { Wire } from "./live/index";
import { makeRouter } from "./routes/index";
import "./styles/index.css";

function openSocket(): Wire {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
  const wire: Wire = {
    send: (text) => socket.send(text),
    close: (code) => socket.close(code),
    onmessage: null,
    onclose: null,
  };
  socket.onmessage = ({ data }) => wire.onmessage?.({ data });
  socket.onclose = ({ code }) => wire.onclose?.({ code });
  return wire;
}

const desk = createDesk(openSocket);
const router = makeRouter(desk);

function Screen() {
  useTheme();
  return <RouterProvider router={router} />;
}

const words = loadWords(useLanguage.getState().language);
wake(desk);
void desk.outbox.load();

const place = document.getElementById("root");
if (place) {
  await words;
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={desk.queries}>
        <DeskProvider desk={desk}>
          <Screen />
        </DeskProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
