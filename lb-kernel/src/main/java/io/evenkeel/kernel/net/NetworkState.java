package io.evenkeel.kernel.net;

import io.evenkeel.kernel.net.NetworkEvent.AddressChanged;
import io.evenkeel.kernel.net.NetworkEvent.AddressRemoved;
import io.evenkeel.kernel.net.NetworkEvent.LinkChanged;
import io.evenkeel.kernel.net.NetworkEvent.LinkRemoved;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The links and addresses as the kernel's messages tell of them. What changes nothing is no event:
 * a message may come twice, or late. Pure; not thread-safe.
 */
final class NetworkState {
  private final Map<Integer, Link> links = new LinkedHashMap<>();
  private final Map<Key, Address> addresses = new LinkedHashMap<>();

  /** What of an address does not change. */
  private record Key(int index, InetAddress address, int prefix, InetAddress peer) {
    static Key of(AddressMessages.Found found) {
      return new Key(found.index(), found.address(), found.prefix(), found.peer());
    }
  }

  /**
   * Takes a message in.
   *
   * @param events gets what it changed
   * @return whether it makes sense; false: it is of a link that was not told of
   */
  boolean apply(int type, ByteBuffer message, List<NetworkEvent> events) {
    switch (type) {
      case LinkMessages.NEW, LinkMessages.DELETE -> {
        Link link = LinkMessages.parse(message);
        if (link == null) {
          return true;
        }
        if (type == LinkMessages.NEW) {
          put(link, events);
        } else {
          remove(link.index(), events);
        }
      }
      case AddressMessages.NEW, AddressMessages.DELETE -> {
        AddressMessages.Found found = AddressMessages.parse(message);
        if (found == null) {
          return true;
        }
        Link link = links.get(found.index());
        if (type == AddressMessages.DELETE) {
          remove(Key.of(found), events);
        } else if (link != null) {
          put(Key.of(found), found.on(link.name()), events);
        } else {
          return false;
        }
      }
      default -> {
        // Another group's.
      }
    }
    return true;
  }

  /** Takes over what is there now. */
  List<NetworkEvent> replace(List<Link> allLinks, List<AddressMessages.Found> allAddresses) {
    List<NetworkEvent> events = new ArrayList<>();
    Map<Integer, Link> here = new HashMap<>();
    allLinks.forEach(link -> here.put(link.index(), link));
    Map<Key, Address> found = new LinkedHashMap<>();
    for (AddressMessages.Found address : allAddresses) {
      Link link = here.get(address.index());
      // Else the link came after the links were listed, and its own message is to come.
      if (link != null) {
        found.put(Key.of(address), address.on(link.name()));
      }
    }
    List.copyOf(addresses.keySet()).stream()
        .filter(key -> !found.containsKey(key))
        .forEach(key -> remove(key, events));
    List.copyOf(links.keySet()).stream()
        .filter(index -> !here.containsKey(index))
        .forEach(index -> remove(index, events));
    allLinks.forEach(link -> put(link, events));
    found.forEach((key, address) -> put(key, address, events));
    return events;
  }

  private void put(Link link, List<NetworkEvent> events) {
    Link before = links.put(link.index(), link);
    if (link.equals(before)) {
      return;
    }
    events.add(new LinkChanged(link));
    if (before != null && !before.name().equals(link.name())) {
      addresses.replaceAll(
          (key, address) ->
              key.index() == link.index() ? moved(address, link.name(), events) : address);
    }
  }

  private static Address moved(Address address, String device, List<NetworkEvent> events) {
    Address now =
        new Address(
            address.address(),
            address.prefix(),
            device,
            address.scope(),
            address.label(),
            address.noDad(),
            address.deprecated());
    events.add(new AddressRemoved(address));
    events.add(new AddressChanged(now));
    return now;
  }

  private void put(Key key, Address now, List<NetworkEvent> events) {
    if (!now.equals(addresses.put(key, now))) {
      events.add(new AddressChanged(now));
    }
  }

  private void remove(int index, List<NetworkEvent> events) {
    List.copyOf(addresses.keySet()).stream()
        .filter(key -> key.index() == index)
        .forEach(key -> remove(key, events));
    Link link = links.remove(index);
    if (link != null) {
      events.add(new LinkRemoved(link));
    }
  }

  private void remove(Key key, List<NetworkEvent> events) {
    Address address = addresses.remove(key);
    if (address != null) {
      events.add(new AddressRemoved(address));
    }
  }
}
