// The signaling server once more, on socket.io: the same function with the library that most such servers are built
// on, to measure ours against. Rooms of eight, a list of rooms that is sent to those who are in none (at most four
// times a second, as ours does), state to the whole room, and a relay to one participant of it.
import { createServer } from "node:http";
import { Server } from "socket.io";

const ROOM_CAPACITY = 8;
const ROOMS_CHANGED_INTERVAL_MS = 250;
const LOBBY = Symbol("those who are in no room");

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false, maxHttpBufferSize: 64 * 1024 });

/** Everybody in each room: room name to a map from participant id to what the others see of them. */
const rooms = new Map();
const changed = new Set();
let announcing = false;

function roomInfo(name) {
  return { name, participants: rooms.get(name).size, capacity: ROOM_CAPACITY };
}

function roomHasChanged(name) {
  changed.add(name);
  if (announcing) return;
  announcing = true;
  setTimeout(() => {
    announcing = false;
    const there = [...changed].filter((name) => rooms.has(name)).map(roomInfo);
    const closed = [...changed].filter((name) => !rooms.has(name));
    changed.clear();
    io.to(LOBBY).emit("rooms_changed", { changed: there, closed });
  }, ROOMS_CHANGED_INTERVAL_MS);
}

function enterLobby(socket) {
  socket.data.room = undefined;
  socket.join(LOBBY);
  socket.emit("rooms", { rooms: [...rooms.keys()].map(roomInfo) });
}

function leave(socket, reason) {
  const name = socket.data.room;
  const room = rooms.get(name);
  if (!room) return;
  room.delete(socket.id);
  if (room.size === 0) rooms.delete(name);
  socket.leave(name);
  socket.to(name).emit("bye", { participant: socket.id, reason });
  roomHasChanged(name);
}

io.on("connection", (socket) => {
  enterLobby(socket);

  socket.on("join", ({ room: name, nickname, create }) => {
    if (socket.data.room !== undefined || typeof name !== "string" || name.length > 64) {
      return socket.emit("error", { code: "out_of_place" });
    }
    if (!rooms.has(name)) {
      if (!create) return socket.emit("refused", { reason: "no_such_room" });
      rooms.set(name, new Map());
    }
    const room = rooms.get(name);
    if (room.size >= ROOM_CAPACITY) return socket.emit("refused", { reason: "room_full", capacity: ROOM_CAPACITY });
    const media = { revision: 0, microphone: "off", camera: "off", screen: "off" };
    const participant = { id: socket.id, nickname: String(nickname ?? "guest").slice(0, 32), media };
    const participants = [...room.values()];
    room.set(socket.id, participant);
    socket.data.room = name;
    socket.leave(LOBBY);
    socket.join(name);
    socket.emit("joined", { room: name, me: socket.id, nickname: participant.nickname, participants });
    socket.to(name).emit("welcome", { participant });
    roomHasChanged(name);
  });

  socket.on("state", ({ media }) => {
    const me = rooms.get(socket.data.room)?.get(socket.id);
    if (!me) return socket.emit("error", { code: "out_of_place" });
    me.media = media;
    socket.to(socket.data.room).emit("state", { participant: socket.id, media });
  });

  socket.on("relay", ({ to, message }) => {
    const receiver = rooms.get(socket.data.room)?.get(to);
    if (!receiver || to === socket.id) return socket.emit("error", { code: "not_in_room" });
    io.to(to).emit("relayed", { from: socket.id, message });
  });

  socket.on("leave", () => {
    leave(socket, "left");
    enterLobby(socket);
  });

  socket.on("disconnect", () => leave(socket, "dropped"));
});

http.listen({ host: "127.0.0.1", port: 0, backlog: 1024 }, () => {
  const { address, port } = http.address();
  console.log(`listening on ws://${address}:${port}`);
});
