/** An engine whose driver takes its process along in the middle of an epoch. */
process.on('message', (order) => {
  if (order.kind === 'start') process.send({ kind: 'ready', device: 'a GPU with a bad driver' });
  else process.kill(process.pid, 'SIGKILL');
});
process.on('disconnect', () => process.exit(0));
