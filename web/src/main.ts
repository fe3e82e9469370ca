import { mount } from "svelte";
import App from "./App.svelte";
import { embedded, held } from "./data/source";
import Shell from "./live/Shell.svelte";
import "./style.css";

const target = document.getElementById("page");
if (target) {
  if (held("run").length) mount(App, { target, props: { source: embedded } });
  else mount(Shell, { target });
}
