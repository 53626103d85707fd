package io.evenkeel.kernel.sys;

import java.nio.ByteBuffer;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import org.jspecify.annotations.Nullable;

/** The functions of the C library, as it declares them. Public for jnr-ffi, which implements it. */
@SuppressWarnings("MemberName")
public interface LibC {

  /**
   * socket(2).
   *
   * @param domain address family
   * @param type of socket, and flags
   * @param protocol of the family
   * @return the descriptor; -1: see errno
   */
  int socket(int domain, int type, int protocol);

  /**
   * bind(2).
   *
   * @param fd descriptor
   * @param address a sockaddr
   * @param length of it
   * @return 0; -1: see errno
   */
  int bind(int fd, @In byte[] address, int length);

  /**
   * connect(2).
   *
   * @param fd descriptor
   * @param address a sockaddr
   * @param length of it
   * @return 0; -1: see errno
   */
  int connect(int fd, @In byte[] address, int length);

  /**
   * setsockopt(2).
   *
   * @param fd descriptor
   * @param level of the option
   * @param name of the option
   * @param value of the option
   * @param length of the value
   * @return 0; -1: see errno
   */
  int setsockopt(int fd, int level, int name, @In byte[] value, int length);

  /**
   * send(2).
   *
   * @param fd descriptor
   * @param data to send
   * @param length of it
   * @param flags of the call
   * @return how much was sent; -1: see errno
   */
  @ssize_t
  long send(int fd, @In byte[] data, @size_t long length, int flags);

  /**
   * recvfrom(2).
   *
   * @param fd descriptor
   * @param data room
   * @param length of it
   * @param flags of the call
   * @param address room for the sockaddr of who sent it
   * @param addressLength of it
   * @return how much was received; -1: see errno
   */
  @ssize_t
  long recvfrom(
      int fd,
      @Out byte[] data,
      @size_t long length,
      int flags,
      @Out byte[] address,
      @In @Out int[] addressLength);

  /**
   * send(2).
   *
   * @param fd descriptor
   * @param data to send, direct, from position
   * @param length of it
   * @param flags of the call
   * @return how much was sent; -1: see errno
   */
  @ssize_t
  long send(int fd, @In ByteBuffer data, @size_t long length, int flags);

  /**
   * recvfrom(2).
   *
   * @param fd descriptor
   * @param data room, direct, from position
   * @param length of it
   * @param flags of the call
   * @param address room for the sockaddr of who sent it
   * @param addressLength of it
   * @return how much was received; -1: see errno
   */
  @ssize_t
  long recvfrom(
      int fd,
      @Out ByteBuffer data,
      @size_t long length,
      int flags,
      @Out byte[] address,
      @In @Out int[] addressLength);

  /**
   * sendmsg(2).
   *
   * @param fd descriptor
   * @param message a msghdr, direct, from position
   * @param flags of the call
   * @return how much was sent; -1: see errno
   */
  @ssize_t
  long sendmsg(int fd, @In ByteBuffer message, int flags);

  /**
   * recvmsg(2).
   *
   * @param fd descriptor
   * @param message a msghdr, direct, from position
   * @param flags of the call
   * @return how much was received; -1: see errno
   */
  @ssize_t
  long recvmsg(int fd, @In @Out ByteBuffer message, int flags);

  /**
   * setsockopt(2).
   *
   * @param fd descriptor
   * @param level of the option
   * @param name of the option
   * @param value of the option, direct, from position
   * @param length of the value
   * @return 0; -1: see errno
   */
  int setsockopt(int fd, int level, int name, @In ByteBuffer value, int length);

  /**
   * getsockname(2).
   *
   * @param fd descriptor
   * @param address room for a sockaddr
   * @param length of it
   * @return 0; -1: see errno
   */
  int getsockname(int fd, @Out byte[] address, @In @Out int[] length);

  /**
   * open(2).
   *
   * @param path of the file
   * @param flags of the call; without O_CREAT
   * @return the descriptor; -1: see errno
   */
  int open(String path, int flags);

  /**
   * setns(2).
   *
   * @param fd a namespace's file
   * @param type CLONE_NEWNET and the like
   * @return 0; -1: see errno
   */
  int setns(int fd, int type);

  /**
   * close(2).
   *
   * @param fd descriptor
   * @return 0; -1: see errno
   */
  int close(int fd);

  /**
   * epoll_create1(2).
   *
   * @param flags of the call
   * @return the descriptor; -1: see errno
   */
  int epoll_create1(int flags);

  /**
   * epoll_ctl(2).
   *
   * @param epoll descriptor
   * @param operation on it
   * @param fd descriptor that is watched
   * @param event an epoll_event
   * @return 0; -1: see errno
   */
  int epoll_ctl(int epoll, int operation, int fd, @In byte[] event);

  /**
   * epoll_wait(2).
   *
   * @param epoll descriptor
   * @param events room for epoll_events
   * @param most how many there is room for
   * @param timeoutMillis -1: none
   * @return how many there are; -1: see errno
   */
  int epoll_wait(int epoll, @Out byte[] events, int most, int timeoutMillis);

  /**
   * timerfd_create(2).
   *
   * @param clock its number
   * @param flags of the call
   * @return the descriptor; -1: see errno
   */
  int timerfd_create(int clock, int flags);

  /**
   * timerfd_settime(2).
   *
   * @param fd descriptor
   * @param flags of the call
   * @param value an itimerspec
   * @param before room for that of before; null: not wanted
   * @return 0; -1: see errno
   */
  int timerfd_settime(int fd, int flags, @In byte[] value, @Out byte @Nullable [] before);

  /**
   * eventfd(2).
   *
   * @param count at the beginning
   * @param flags of the call
   * @return the descriptor; -1: see errno
   */
  int eventfd(int count, int flags);

  /**
   * eventfd_write(3).
   *
   * @param fd descriptor
   * @param count to be added
   * @return 0; -1: see errno
   */
  int eventfd_write(int fd, long count);

  /**
   * eventfd_read(3).
   *
   * @param fd descriptor
   * @param count room for the count, which is 0 afterwards
   * @return 0; -1: see errno
   */
  int eventfd_read(int fd, @Out long[] count);

  /**
   * strerror(3).
   *
   * @param errno which error
   * @return it in words
   */
  String strerror(int errno);
}
