// Where people come to sign in, and where signing out leads: what was kept of an exam
// was for somebody else, or will be kept again.
import { forget } from "./kept.js";

forget();
