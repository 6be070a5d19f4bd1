import { Redis, type RedisOptions } from 'ioredis';

/** How clients reach the server; `url` is as `startStoreServer` gives it: `unix:` with a path, or `redis://`. */
export function connectionOf(url: string): Pick<RedisOptions, 'path' | 'host' | 'port' | 'username' | 'password'> {
  if (url.startsWith('unix:')) return { path: url.slice('unix:'.length) };
  const { hostname: host, port, username, password } = new URL(url);
  return {
    host,
    port: Number(port || 6379),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
  };
}

/** For measuring and emptying the server. */
export function connectTo(url: string): Redis {
  return new Redis(connectionOf(url));
}
