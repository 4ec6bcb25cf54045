
"use strict";
// What people call themselves and their rooms is shown by textContent alone: it never becomes markup.
const EVERY = 2000, PATIENCE = 5000;
const $ = (id) => document.getElementById(id);
let token = sessionStorage.getItem("token");
let timer = 0, polls = 0, news = "";

async function request(path, body) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const options = { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  if (body) {
    options.method = "POST";
    options.body = JSON.stringify(body);
    headers["Content-Type"] = "application/json";
  }
  const response = await fetch(path, options);
  if (response.ok) return response.json();
  throw Object.assign(new Error((await response.text()).trim()), { status: response.status });
}

// One at a time: a newer poll makes the answer of an older one worthless.
async function poll() {
  const mine = ++polls;
  clearTimeout(timer);
  if (document.hidden) return; // Rests while nobody looks.
  try {
    const state = await request(token ? "api/admin" : "api/status");
    if (mine !== polls) return;
    show(state);
    setLink("live", "Live");
    $("lost").hidden = true;
  } catch (error) {
    if (mine !== polls) return;
    if (token && [401, 403, 429].includes(error.status)) {
      signOut(error.message);
      return poll();
    }
    setLink("lost", "Connection lost");
    setText($("lost"), `The server does not answer${error.status ? ` (${error.message})` : ""}. ` +
      "What you see may be out of date. Trying again every two seconds.");
    $("lost").hidden = false;
  }
  timer = setTimeout(poll, EVERY);
}

function setLink(state, text) {
  $("link").dataset.state = state;
  setText($("link"), text);
}

// Screen readers speak what changes in live regions: nothing is written that is there already.
function setText(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

function show(state) {
  const rooms = state.rooms, people = rooms.reduce((sum, room) => sum + room.participants, 0);
  const address = state.address ?? location.host;
  setText($("name"), state.name ?? "Parlor server");
  document.title = state.name ? `${state.name} – Parlor` : "Parlor server";
  setText($("address"), address);
  setText($("people"), people);
  setText($("choosing"), state.in_lobby);
  setText($("connections"), state.connections);
  setText($("relayed"), state.relayed.toLocaleString("en"));
  setText($("relay"), state.relay_allocations);
  setText($("uptime"), duration(state.uptime_seconds));
  setText($("version"), `Parlor server ${state.version}, protocol ${state.protocol}`);
  showInvite(state.invite);

  $("rooms").hidden = !rooms.length;
  $("rooms-empty").hidden = rooms.length > 0;
  setText($("rooms-empty"), "There are no rooms yet. The first one to join makes one.");
  reconcile($("rooms-body"), rooms, (room) => room.name, makeRoom, updateRoom);
  const told = `${count(rooms.length, "room", "rooms")}, ${count(people, "person", "people")} in them`;
  if (news && news !== told) setText($("rooms-news"), told);
  news = told;

  const signedIn = Boolean(token);
  $("sign-in").hidden = signedIn;
  $("admin-actions").hidden = !signedIn;
  reconcile($("admin-rooms"), signedIn ? rooms : [], (room) => room.name, makeAdminRoom, updateAdminRoom);
}

function showInvite(invite) {
  $("invite-card").hidden = !invite;
  if (!invite || $("invite").value === invite) return;
  $("invite").value = invite;
  $("qr").src = "invite.svg";
}

const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;

function duration(seconds) {
  const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
  if (days) return `${days} d ${hours % 24} h`;
  if (hours) return `${hours} h ${minutes % 60} min`;
  return minutes ? `${minutes} min` : `${seconds} s`;
}

// Keeps the elements that stay, so that neither focus nor a screen reader's place is lost.
function reconcile(parent, items, key, make, update) {
  const old = new Map([...parent.children].map((element) => [element.dataset.key, element]));
  items.forEach((item, at) => {
    const element = old.get(key(item)) ?? make(item);
    old.delete(key(item));
    element.dataset.key = key(item);
    update(element, item);
    if (parent.children[at] !== element) parent.insertBefore(element, parent.children[at] ?? null);
  });
  for (const gone of old.values()) gone.remove();
}

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function makeRoom() {
  const name = make("th", { scope: "row" }, make("span"), make("span", { className: "topic" }));
  return make("tr", {}, name, make("td"), make("td"));
}

function updateRoom(row, room) {
  const [head, people, access] = row.children;
  setText(head.children[0], room.name);
  setText(head.children[1], room.topic ?? "");
  setText(people, `${room.participants} of ${room.capacity}`);
  const marks = [room.locked && "Locked", room.passcode && "Passcode", room.hidden && "Hidden"].filter(Boolean);
  if (room.participants >= room.capacity) marks.push("Full");
  if (!marks.length) marks.push("Open");
  reconcile(access, marks, (mark) => mark, () => make("span", { className: "mark" }), setText);
}

function makeAdminRoom(room) {
  const title = make("h3", {}, room.name);
  const close = make("button", { type: "button", onclick: () => askToClose(room.name) }, "Close room…");
  close.setAttribute("aria-label", `Close room ${room.name}`);
  const head = make("tr", {}, ...["Name", "Role", "Address"].map((name) => make("th", { scope: "col" }, name)),
    make("th", { scope: "col" }, make("span", { className: "hidden" }, "Remove")));
  const caption = make("caption", { className: "hidden" }, `People in ${room.name}`);
  return make("div", { className: "room" }, make("div", { className: "row spread" }, title, close),
    make("table", {}, caption, make("thead", {}, head), make("tbody")));
}

function updateAdminRoom(element, room) {
  const people = element.querySelector("tbody");
  reconcile(people, room.members, (person) => person.id, (person) => makePerson(room.name, person), updatePerson);
}

function makePerson(room, person) {
  const remove = make("button", { type: "button", onclick: () => askToRemove(room, person) }, "Remove…");
  remove.setAttribute("aria-label", `Remove ${person.nickname} from ${room}`);
  return make("tr", {}, make("th", { scope: "row" }), make("td"), make("td"), make("td", { className: "last" }, remove));
}

function updatePerson(row, person) {
  [person.nickname, person.role, person.address].forEach((text, at) => setText(row.children[at], text));
}

// Asks before something is done that cannot be undone, and for what to say about it.
function ask({ title, text, label, required, action, done, path, body }) {
  setText($("ask-title"), title);
  setText($("ask-text"), text);
  setText($("ask-label"), label);
  setText($("ask-do"), action);
  setText($("ask-problem"), "");
  $("remark").value = "";
  $("remark").required = required;
  // What was asked before may still be waiting for the list to be read anew.
  $("ask-do").disabled = false;
  $("ask-form").onsubmit = async (event) => {
    event.preventDefault();
    $("ask-do").disabled = true;
    try {
      await request(path, body($("remark").value.trim() || null));
      $("ask").close();
      $("ask-do").disabled = false;
      setText($("said"), done);
      await poll();
      if (document.activeElement === document.body) $("admin-title").focus();
    } catch (error) {
      setText($("ask-problem"), error.status ? `That did not work: ${error.message}` : "The server does not answer.");
    } finally {
      $("ask-do").disabled = false;
    }
  };
  $("ask").showModal();
}

function askToRemove(room, person) {
  ask({
    title: `Remove ${person.nickname}?`,
    text: `They are sent out of ${room} and told why.`,
    label: "What they are told (may be empty)",
    action: "Remove",
    done: `${person.nickname} was removed from ${room}.`,
    path: "api/admin/participants/remove",
    body: (remark) => ({ room, participant: person.id, remark }),
  });
}

function askToClose(room) {
  ask({
    title: `Close ${room}?`,
    text: "Everybody in it is sent out and told why.",
    label: "What they are told (may be empty)",
    action: "Close room",
    done: `${room} was closed.`,
    path: "api/admin/rooms/close",
    body: (remark) => ({ room, remark }),
  });
}

function askToAnnounce() {
  ask({
    title: "Announce to all",
    text: "Everybody on this server sees it, in every room.",
    label: "Announcement",
    required: true,
    action: "Announce",
    done: "Everybody was told.",
    path: "api/admin/announce",
    body: (text) => ({ text }),
  });
}

async function signIn(event) {
  event.preventDefault();
  token = $("token").value.trim();
  $("token").value = "";
  setText($("said"), "Signing in…");
  await poll();
  if (!token) return $("token").focus();
  sessionStorage.setItem("token", token);
  setText($("said"), "You are signed in as administrator.");
  $("admin-title").focus();
}

function signOut(why) {
  token = null;
  sessionStorage.removeItem("token");
  setText($("said"), why);
}

async function copy() {
  $("invite").select();
  try {
    // Browsers have the clipboard on safe pages only; the old way works everywhere.
    if (navigator.clipboard) await navigator.clipboard.writeText($("invite").value);
    else if (!document.execCommand("copy")) throw new Error();
    setText($("copied"), "The link is copied.");
  } catch {
    setText($("copied"), "The browser does not allow it: the link is selected, copy it by hand.");
  }
}

$("copy").onclick = copy;
$("sign-in").onsubmit = signIn;
$("sign-out").onclick = async () => {
  signOut("You are signed out.");
  await poll();
  $("token").focus();
};
$("announce").onclick = askToAnnounce;
$("ask-cancel").onclick = () => $("ask").close();
document.addEventListener("visibilitychange", poll);
poll();
