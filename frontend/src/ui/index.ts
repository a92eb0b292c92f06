/** Primitives without a rule of their own: glyphs, faces, keys, menus, dialogs, toast, panes that can fail alone. */
export { Avatar, Avatars } from "./avatar";
export { Bone } from "./bone";
export { Button, IconButton, Keys } from "./button";
export { Clock } from "./clock";
export { Copy } from "./copy";
export { Dialog } from "./dialog";
export { Failure, PaneBoundary } from "./failure";
export { type Channel, ChannelsProvider, Glyph, useChannel, useChannels } from "./glyph";
export { Icon, Logo } from "./icon";
export { Menu, type MenuEntry } from "./menu";
export { Offers, secondsWords } from "./offers";
export { Picture } from "./picture";
export { TablePage } from "./table-page";
export { To } from "./to";
export { closeToast, Toast, toast, undoLast } from "./toast";
