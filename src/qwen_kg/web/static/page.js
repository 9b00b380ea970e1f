// What makes the pages better where there are scripts; each part looks for what it makes better.

import { suggest } from "./suggest.js";
import { sortable } from "./tables.js";

document.querySelectorAll("input[data-suggest]").forEach(suggest);
document.querySelectorAll("table.sortable").forEach(sortable);
