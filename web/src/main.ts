import { mount } from "svelte";
import App from "./App.svelte";
import { embedded } from "./data/source";
import "./style.css";

const target = document.getElementById("page");
if (target) mount(App, { target, props: { source: embedded } });
