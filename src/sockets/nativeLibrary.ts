import type { LibraryHandle } from 'koffi';
import { type NativeCallName, type NativeCalls, nativeCallNames } from './nativeCalls.ts';
import { type Platform, type PlatformName, platforms } from './platform.ts';

/** Watches a descriptor from Node's own event loop, as long as it is not closed. */
export interface DescriptorWatch {
  close(): void;
}

/** What was loaded of this machine's C library. */
export interface NativeLibrary {
  readonly platform: Platform;
  /** Which of the platform's libraries was loaded. */
  readonly libraryName: string;
  readonly native: NativeCalls;
  /** Where the memory of `bytes` lies; valid as long as `bytes` is held. */
  addressOf(bytes: Uint8Array): bigint;
  /** Calls back in each turn of Node's event loop in which the descriptor is readable. */
  watch(descriptor: number, readable: () => void): DescriptorWatch;
}

const shared: Partial<Record<NativeCallName, string>> = {
  socket: 'int socket(int, int, int)',
  setsockopt: 'int setsockopt(int, int, int, void *, uint32_t)',
  getsockopt: 'int getsockopt(int, int, int, void *, void *)',
  bind: 'int bind(int, void *, uint32_t)',
  getsockname: 'int getsockname(int, void *, void *)',
  getpeername: 'int getpeername(int, void *, void *)',
  listen: 'int listen(int, int)',
  accept: 'int accept(int, void *, void *)',
  recv: 'int64_t recv(int, void *, size_t, int)',
  send: 'int64_t send(int, void *, size_t, int)',
  writev: 'int64_t writev(int, void *, int)',
  shutdown: 'int shutdown(int, int)',
  close: 'int close(int)',
  // Variadic in C, and so it must be here: on Apple's arm64 such arguments go another way.
  fcntl: 'int fcntl(int, int, ...)',
};

const declarations: Readonly<Record<PlatformName, Partial<Record<NativeCallName, string>>>> = {
  linux: {
    ...shared,
    accept4: 'int accept4(int, void *, void *, int)',
    sendfile: 'int64_t sendfile(int, int, void *, size_t)',
    poll: 'int poll(void *, uint64_t, int)',
    epoll_create1: 'int epoll_create1(int)',
    epoll_ctl: 'int epoll_ctl(int, int, int, void *)',
    epoll_wait: 'int epoll_wait(int, void *, int, int)',
    eventfd: 'int eventfd(unsigned int, int)',
    read: 'int64_t read(int, void *, size_t)',
    write: 'int64_t write(int, void *, size_t)',
  },
  darwin: {
    ...shared,
    sendfileBsd: 'int sendfile(int, int, int64_t, void *, void *, int)',
    poll: 'int poll(void *, uint32_t, int)',
    kqueue: 'int kqueue()',
    kevent: 'int kevent(int, void *, int, void *, int, void *)',
  },
  win32: {
    socket: 'intptr_t socket(int, int, int)',
    setsockopt: 'int setsockopt(intptr_t, int, int, void *, int)',
    getsockopt: 'int getsockopt(intptr_t, int, int, void *, void *)',
    bind: 'int bind(intptr_t, void *, int)',
    getsockname: 'int getsockname(intptr_t, void *, void *)',
    getpeername: 'int getpeername(intptr_t, void *, void *)',
    listen: 'int listen(intptr_t, int)',
    accept: 'intptr_t accept(intptr_t, void *, void *)',
    recv: 'int recv(intptr_t, void *, int, int)',
    send: 'int send(intptr_t, void *, int, int)',
    shutdown: 'int shutdown(intptr_t, int)',
    close: 'int closesocket(intptr_t)',
    ioctlsocket: 'int ioctlsocket(intptr_t, int32_t, void *)',
    poll: 'int WSAPoll(void *, uint32_t, int)',
  },
};

/** The loaded library, or the reason that there is none, in a sentence. */
export type LoadedLibrary = { readonly library: NativeLibrary } | { readonly reason: string };

/** Loads the C library's socket calls; `reason` says what koffi cannot load here, or the platform lacks. */
export async function loadNativeLibrary(): Promise<LoadedLibrary> {
  const platform = platforms[process.platform as PlatformName] as Platform | undefined;
  if (platform === undefined) return { reason: `There is no table of system calls for ${process.platform}.` };
  if (process.arch !== 'x64' && process.arch !== 'arm64')
    return { reason: `There is no table of system calls for processors of the kind ${process.arch}.` };
  try {
    const koffi = await import('koffi');
    return { library: nativeLibrary(koffi, platform) };
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { reason: `The module koffi, which calls the C library, cannot be loaded here (${line}).` };
  }
}

function nativeLibrary(koffi: typeof import('koffi'), platform: Platform): NativeLibrary {
  const { handle, libraryName } = firstThatLoads(platform.libraries, (name) => koffi.load(name));
  const functions: Record<string, unknown> = {};
  for (const name of nativeCallNames) {
    const declaration = declarations[platform.name][name];
    functions[name] = declaration === undefined ? absent(name, platform) : handle.func(declaration);
  }
  const native = { ...functions, ...numbers(koffi, platform, handle) } as unknown as NativeCalls;
  const fcntl = functions.fcntl as (fd: number, command: number, type: string, argument: number) => number;
  native.fcntl = (fd, command, argument) => fcntl(fd, command, 'int', argument);
  const sendfile = functions.sendfileBsd as (...all: unknown[]) => number;
  native.sendfileBsd = (...all) => sendfile(...all, null, 0);
  return {
    platform,
    libraryName,
    native,
    addressOf: (bytes) => koffi.address(bytes),
    watch(descriptor, readable) {
      // Not in koffi's documentation yet, hence a reason for the exact version in package.json.
      return koffi.node.poll(descriptor, { readable: true }, () => readable());
    },
  };
}

/** The error and the thread, which every platform asks for in its own way. */
function numbers(
  koffi: typeof import('koffi'),
  platform: Platform,
  handle: LibraryHandle,
): Pick<NativeCalls, 'errno' | 'gettid'> {
  switch (platform.name) {
    case 'linux': {
      const gettid = handle.func('int gettid()');
      return { errno: () => koffi.errno(), gettid: () => gettid() };
    }
    case 'darwin': {
      const self = handle.func('int pthread_threadid_np(void *, void *)');
      const id = new BigUint64Array(1);
      return {
        errno: () => koffi.errno(),
        gettid() {
          self(null, id);
          return Number(id[0]);
        },
      };
    }
    case 'win32': {
      const start = handle.func('int WSAStartup(uint16_t, void *)');
      start(0x202, new Uint8Array(408));
      const lastError = handle.func('int WSAGetLastError()');
      const current = koffi.load('kernel32.dll').func('uint32_t GetCurrentThreadId()');
      return { errno: () => lastError(), gettid: () => current() };
    }
  }
}

function firstThatLoads(
  names: readonly string[],
  load: (name: string) => LibraryHandle,
): { handle: LibraryHandle; libraryName: string } {
  const failures: string[] = [];
  for (const name of names) {
    try {
      return { handle: load(name), libraryName: name };
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(failures.join('; '));
}

function absent(name: string, platform: Platform): () => never {
  return () => {
    throw new Error(`The system call ${name} does not exist on ${platform.name}.`);
  };
}
