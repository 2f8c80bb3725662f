// Makes the replica set of compose.yaml, and waits until it has a primary.
try {
  rs.status();
} catch (e) {
  if (e.codeName !== "NotYetInitialized") throw e;
  rs.initiate({ _id: "proba", members: [1, 2, 3].map((n) => ({ _id: n, host: `mongo${n}:27017` })) });
}
for (let n = 0; !db.hello().isWritablePrimary && !db.hello().primary; n++) {
  if (n > 60) throw new Error("the replica set has no primary after a minute");
  sleep(1000);
}
