/** What an errno name means to a user who started a server, and what to do about it. */
const meanings: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program listens there already. Stop it, or choose another port.',
  EADDRNOTAVAIL: 'No network interface of this machine has that address. Choose another host.',
  EACCES: 'This user may not listen there. Choose a port from 1024 on.',
  EMFILE: 'This process has no file descriptor left. Close connections, or raise the limit (ulimit -n).',
  ENFILE: 'The system has no file descriptor left. Close other programs.',
  ENOTFOUND: 'No address belongs to that name. Choose another host.',
};

/** A system call that failed: which one, how, and what that means. */
export class SystemCallError extends Error {
  /** As in `man 2`: bind, listen, accept. */
  readonly call: string;
  /** errno's name, as EADDRINUSE; empty where the system gave none. */
  readonly code: string;
  /** errno itself, positive; 0 where the system gave none. */
  readonly errno: number;
  /** What it was called for: an address, a descriptor. */
  readonly subject: string;

  /** `more`: what else is known, in a sentence. */
  constructor(call: string, code: string, errno: number, subject: string, more = '') {
    const meaning = [meanings[code], more].filter(Boolean).join(' ');
    super(`${call} ${subject}: ${code || 'failed'}.${meaning === '' ? '' : ` ${meaning}`}`);
    this.name = 'SystemCallError';
    this.call = call;
    this.code = code;
    this.errno = errno;
    this.subject = subject;
  }
}
