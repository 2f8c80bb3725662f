// Keeps the sample of a certificate up to date while somebody writes.

import { keepPreview } from "./preview.js";

keepPreview(document.querySelector("#template"), (fields) => fields, () => {});
