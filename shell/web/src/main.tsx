import { render } from "preact";
import { App } from "./app";
import { takeToken } from "./core/token";
import { locale } from "./words/words";
import "./styles/main.scss";

takeToken();
document.documentElement.lang = locale;
const page = document.getElementById("page");
if (page !== null) render(<App />, page);
