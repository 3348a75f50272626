/** An engine that loads, takes the problem, and then takes no step: what a lost GPU looks like. */
process.on('message', (order) => {
  if (order.kind === 'start') process.send({ kind: 'ready', device: 'a GPU that hangs' });
});
process.on('disconnect', () => process.exit(0));
